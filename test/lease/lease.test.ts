import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { fileLease } from '../../src/lease/file-lease.ts';
import { type Lease, type LeaseStore, takeLease } from '../../src/lease/lease.ts';
import { s3Lease } from '../../src/lease/s3-lease.ts';
import { newFolder } from '../cli/command.ts';
import { EVIDENCE, inWorld, type Lab, RECOVERY } from '../simulator/world.ts';

const folder = newFolder();
let files = 0;

type Machine = Pick<Lab, 'transport'> & { clock: Clock };

const s3Store = ({ transport, clock }: Machine, refuses = (_operation: string): boolean => false): LeaseStore =>
  s3Lease({ bucket: EVIDENCE, key: 'leases/shop.json', region: RECOVERY }, (signal) =>
    gateway({
      transport: {
        send: async (service, region, operation, input, until) => {
          if (!refuses(operation)) return transport.send(service, region, operation, input, until);
          throw Object.assign(new Error('nobody answers'), { name: 'Unreachable' });
        },
      },
      clock,
      regions: [RECOVERY],
      record() {},
      isChange: (service, operation) => isChange(`${service}:${operation}`),
      jitter: () => 0.5,
    })({ step: 'lease', signal }),
  );
const fileStore = ({ clock }: Machine): LeaseStore => fileLease(`${folder}/${files}.json`, clock);

const leader = (clock: Clock, name: string) => ({ topology: 'shop', owner: name, run: `drill of ${name}`, clock });
/** The clock of another machine: how far it is ahead, and how long its seconds are. */
const skewed = (clock: Clock, { aheadMs, rate = 1 }: { aheadMs: number; rate?: number }): Clock => {
  const startMs = clock.nowMs();
  const ofOurs = (ms: number) => ms / rate;
  return {
    nowMs: () => Math.round(startMs + aheadMs + (clock.nowMs() - startMs) * rate),
    elapsedMs: () => Math.round((clock.nowMs() - startMs) * rate),
    wallMs: () => Math.round(startMs + aheadMs + (clock.nowMs() - startMs) * rate),
    mayBeSet: false,
    uptime: () => undefined,
    sleep: (ms, signal) => clock.sleep(ofOurs(ms), signal),
    setTimeout: (callback, ms) => clock.setTimeout(callback, ofOurs(ms)),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
};
const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: Error) => error.message,
  );

describe.each([
  { name: 'in a folder', storeIn: fileStore },
  { name: 'in S3', storeIn: s3Store },
])('a lease $name', ({ storeIn }) => {
  const inLab = <T>(story: (lab: Lab, store: LeaseStore) => Promise<T>, simulation: object = {}): Promise<T> => {
    files += 1;
    return inWorld({ simulation }, (lab) => story(lab, storeIn(lab)));
  };

  test('is kept for as long as its run goes on, and free as soon as that ends', () =>
    inLab(async (lab, store) => {
      const first = await takeLease(store, leader(lab.clock, 'Ada'));
      expect(first.taken).toEqual({ type: 'lease-taken', owner: 'Ada', expiresAt: expect.any(String) });
      await lab.sleep(20 * store.lastsMs);
      expect(await refusalOf(takeLease(store, leader(lab.clock, 'Bo')))).toMatch(
        /^Another run leads this topology: drill of Ada, by Ada, and renews its lease/,
      );
      expect(first.lost.aborted).toBe(false);
      await first.release();
      const second = await takeLease(store, leader(lab.clock, 'Bo'));
      expect(second.taken).not.toHaveProperty('takenOverFrom');
      await second.release();
    }));

  test.each([-3_600_000, -4_400, 0, 4_400, 3_600_000])(
    'of a run that died is taken over once nobody has renewed it for as long as it lasts, where the clocks differ by %i ms',
    (skewMs) =>
      inLab(async (lab, store) => {
        const expiresAt = new Date(lab.clock.nowMs() + store.lastsMs + skewMs).toISOString();
        await store.write({ owner: 'Ada', run: 'drill of Ada', expiresAt }, undefined, new AbortController().signal);
        const fromMs = lab.clock.nowMs();
        const told: string[] = [];
        const second = await takeLease(store, {
          ...leader(lab.clock, 'Bo'),
          waiting: (why) => told.push(why),
        });
        expect(told).toEqual([
          `shop is leased to drill of Ada, by Ada. Waiting ${store.lastsMs / 1_000} s to see whether that run still renews it.`,
        ]);
        const tookMs = lab.clock.nowMs() - fromMs;
        expect(tookMs).toBeGreaterThanOrEqual(store.lastsMs);
        expect(tookMs).toBeLessThan(1.2 * store.lastsMs);
        expect(second.taken).toMatchObject({ takenOverFrom: { owner: 'Ada', run: 'drill of Ada', expiresAt } });
        await second.release();
      }),
  );

  test.each([-3_600_000, -12_000, -4_400, 4_400, 12_000, 3_600_000])(
    'that is renewed stays with its run, anyone who comes with a clock that differs by %i ms',
    (skewMs) =>
      inLab(async (lab, store) => {
        const first = await takeLease(store, leader(lab.clock, 'Ada'));
        for (let round = 0; round < 5; round += 1) {
          await lab.sleep(0.37 * store.lastsMs);
          const bo = leader(skewed(lab.clock, { aheadMs: skewMs }), 'Bo');
          expect(await refusalOf(takeLease(store, bo))).toContain('by Ada, and renews its lease');
        }
        expect(first.lost.aborted).toBe(false);
        await first.release();
      }),
  );

  test('that is given back while somebody waits for it is free at once', () =>
    inLab(async (lab, store) => {
      const first = await takeLease(store, leader(lab.clock, 'Ada'));
      const waiting = takeLease(store, leader(lab.clock, 'Bo'));
      await lab.sleep(0.1 * store.lastsMs);
      const fromMs = lab.clock.nowMs();
      await first.release();
      const second = await waiting;
      expect(lab.clock.nowMs() - fromMs).toBeLessThan(0.1 * store.lastsMs);
      expect(second.taken).not.toHaveProperty('takenOverFrom');
      await second.release();
    }));

  test('that somebody else has written is lost to its run, and stays with the other', () =>
    inLab(async (lab, store) => {
      const { signal } = new AbortController();
      const first = await takeLease(store, leader(lab.clock, 'Ada'));
      const expiresAt = new Date(lab.clock.nowMs() + 3_600_000).toISOString();
      await store.write({ owner: 'Bo', run: 'by force', expiresAt }, await store.read(signal), signal);
      await lab.sleep(store.lastsMs);
      expect(first.lost.reason).toBe('another run took the lease on shop');
      await first.release();
      expect(await store.read(signal)).toMatchObject({ held: { owner: 'Bo' } });
    }));

  test('is never with two at once, anyone who comes, ends or dies at whatever time, whatever their clocks say', async () => {
    const contender = fc.record({
      aheadMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
      /** No two clocks count seconds of the same length; 2 % is forty times more than a machine's crystal is off. */
      rate: fc.double({ min: 0.98, max: 1.02, noNaN: true }),
      fromMs: fc.nat(90_000),
      forMs: fc.nat(60_000),
      dies: fc.boolean(),
      /** When its store stops answering it: it leads on, and cannot renew. */
      cutOffAfterMs: fc.option(fc.nat(60_000), { nil: Number.POSITIVE_INFINITY }),
      looksEveryMs: fc.integer({ min: 700, max: 5_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(contender, { minLength: 2, maxLength: 6 }), (contenders) =>
        inLab(async (lab) => {
          const leads: { name: string; fromMs: number; untilMs: number }[] = [];
          const contend = async (one: (typeof contenders)[0], name: string) => {
            const { fromMs, forMs, dies, cutOffAfterMs, looksEveryMs } = one;
            const clock = skewed(lab.clock, one);
            const store = storeIn({ ...lab, clock });
            await lab.sleep(fromMs);
            let lease: Lease | undefined;
            let isDead = false;
            let ledFromMs = Number.POSITIVE_INFINITY;
            const mortal: LeaseStore = {
              ...store,
              async write(...asked) {
                // A process that died neither renews its lease nor gives it back.
                if (isDead) await new Promise(() => {});
                if (lab.clock.nowMs() > ledFromMs + cutOffAfterMs) throw new Error('nobody answers');
                return store.write(...asked);
              },
            };
            while (!lease && lab.clock.nowMs() < startMs + 400_000) {
              lease = await takeLease(mortal, leader(clock, name)).catch(() => undefined);
              if (!lease) await lab.sleep(looksEveryMs);
            }
            if (!lease) return;
            ledFromMs = lab.clock.nowMs();
            const lead = { name, fromMs: ledFromMs, untilMs: Number.POSITIVE_INFINITY };
            leads.push(lead);
            lease.lost.addEventListener('abort', () => {
              lead.untilMs = Math.min(lead.untilMs, lab.clock.nowMs());
            });
            await lab.sleep(forMs);
            lead.untilMs = Math.min(lead.untilMs, lab.clock.nowMs());
            isDead = dies;
            if (!dies) await lease.release();
          };
          const startMs = lab.clock.nowMs();
          await Promise.all(contenders.map((one, index) => contend(one, `contender ${index}`)));
          expect(leads).toHaveLength(contenders.length);
          leads.sort((a, b) => a.fromMs - b.fromMs);
          const together = leads.filter((one, index) => one.fromMs < (leads[index - 1]?.untilMs ?? 0));
          expect(together).toEqual([]);
        }),
      ),
      { numRuns: 30 },
    );
  });
});

describe('a lease in S3', () => {
  test('is its owner’s, although the answers to writing it were lost', () =>
    inWorld({ simulation: { lostAnswers: [{ service: 's3', operation: 'PutObject' }] } }, async (lab) => {
      const store = s3Store(lab);
      const lease = await takeLease(store, leader(lab.clock, 'Ada'));
      await lab.sleep(10 * store.lastsMs);
      expect(lease.lost.aborted).toBe(false);
      await lease.release();
    }));

  test('that cannot be renewed ends its run before anybody else may begin', () =>
    inWorld({}, async (lab) => {
      let isAway = false;
      const store = s3Store(lab, () => isAway);
      const lease = await takeLease(store, leader(lab.clock, 'Ada'));
      await lab.sleep(store.lastsMs);
      isAway = true;
      const fromMs = lab.clock.nowMs();
      let lostMs = Number.POSITIVE_INFINITY;
      lease.lost.addEventListener('abort', () => {
        lostMs = lab.clock.nowMs();
      });
      const second = await takeLease(s3Store(lab), leader(lab.clock, 'Bo'));
      expect(lease.lost.reason).toBe('the lease on shop could not be renewed in time');
      expect(lostMs - fromMs).toBeLessThan(store.lastsMs);
      expect(lostMs).toBeLessThan(lab.clock.nowMs());
      expect(second.taken).toMatchObject({ takenOverFrom: { owner: 'Ada' } });
      await second.release();
      await lease.release();
    }));

  test('outlives a store that is away for a moment', () =>
    inWorld({}, async (lab) => {
      let isAway = false;
      const store = s3Store(lab, () => isAway);
      const lease = await takeLease(store, leader(lab.clock, 'Ada'));
      for (let round = 0; round < 10; round += 1) {
        isAway = true;
        await lab.sleep(0.4 * store.lastsMs);
        isAway = false;
        await lab.sleep(store.lastsMs);
      }
      expect(lease.lost.aborted).toBe(false);
      await lease.release();
    }));
});

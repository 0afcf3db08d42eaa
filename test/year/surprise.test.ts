import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookAtSimulated } from '../../src/cli/simulated-account.ts';
import type { Surprise } from '../../src/drill/drill.ts';
import { openingsOf } from '../../src/drill/openings.ts';
import { recordOf } from '../../src/history/record.ts';
import { drawOnRecord } from '../../src/journal/draw.ts';
import type { Entry } from '../../src/journal/events.ts';
import { planOfSurprise, surpriseLines } from '../../src/plan/surprise.ts';
import { reportOf } from '../../src/report/model.ts';
import { drawFrom, seededDraws } from '../../src/run/draw.ts';
import { lookForDrill } from '../../src/runbook/look.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, mistakesOf, scratch, shippedTopology } from '../drill/files.ts';
import { type Finished, finished, shipped } from '../run/drill.ts';
import { killedAndResumed } from '../run/killed.ts';
import { expectSound, waysToFail } from './ways-to-fail.ts';

const DRILL = 'surprise';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What the shipped seed draws. */
const DRAWN = 'database-failure';
const TOLD = 2;

waysToFail(DRILL, [
  {
    fault: 'the incident commander is not subscribed to the topic',
    set: ['simulation.surprise.subscribers=0'],
    end: 'aborted',
    reason: /^the incident commander could not be told: .*the commander would not be told/,
  },
  {
    fault: 'other people subscribe to the topic of the incident commander',
    set: ['simulation.surprise.subscribers=3'],
    end: 'aborted',
    reason:
      /^the incident commander could not be told: .* has 3 confirmed subscriptions, and should have 1: others would/,
  },
  {
    fault: 'SNS refuses every call',
    set: ['simulation.throttling=[{ service: sns, calls: 30 }]'],
    end: 'aborted',
    reason: /^the incident commander could not be told: Rate exceeded/,
  },
  {
    fault: 'another run uses the topology until the window ends',
    set: ['simulation.surprise.busy=10 h'],
    end: 'aborted',
    reason: /^it could not begin before its window closed: another run leads ecommerce-platform/,
  },
  {
    fault: 'another run uses the topology for a while',
    set: ['simulation.surprise.busy=20 min'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'the window has no time left',
    set: ['window.within=1 h'],
    end: 'aborted',
    reason: /^its window has no time left/,
  },
  {
    fault: 'the response to the notice is lost',
    set: ['simulation.lostAnswers=[{ service: sns, operation: Publish }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'the drawn drill fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^take-over\/orders: .* went back to being a replica/,
  },
  {
    fault: 'the drawn drill cannot begin in this state',
    set: ['simulation.replicationLag=45 s', 'simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^baseline.* behind; the drill allows 30 s\. .* refused\.$/,
  },
  {
    fault: 'the drawn drill takes too long',
    set: ['simulation.promotion.takes=5 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
]);

const revealed = ({ of }: Finished) => of('draw-revealed')[0];
const noticesIn = ({ world }: Finished) =>
  world.state().topics.map(({ name, published }) => [name, published] as const);

describe('until it begins', () => {
  test('the journal holds a seal that fits, and neither drill nor moment', async () => {
    const run = await finished(DRILL);
    const [sealed] = run.of('draw-sealed');
    const shown = revealed(run);
    expect(shown).toMatchObject({ drill: DRAWN, begins: true });
    expect(drawOnRecord(run.entries)).toMatchObject({ fits: true });
    expect(sealed?.seq).toBeLessThan(shown?.seq ?? 0);
    const waiting = run.entries.slice(1).filter(({ at }) => at < (shown?.moment ?? ''));
    expect(waiting).not.toHaveLength(0);
    const text = JSON.stringify(waiting.map((entry) => ('of' in entry ? { ...entry, of: [] } : entry)));
    for (const secret of [DRAWN, shown?.nonce ?? '', shown?.moment ?? '', shown?.moment.slice(0, 16) ?? ''])
      expect(text).not.toContain(secret);
  });

  test('the incident commander is told what and when, and again as it begins; nobody else is told', async () => {
    const run = await finished(DRILL);
    const [[his, told] = ['', []]] = noticesIn(run);
    expect([his, told.length]).toEqual(['ecommerce-incident-commander', TOLD]);
    expect(told[0]?.message).toMatch(/^database-failure .*begins at Thursday,? 8 January 2026 at 13:11:50/);
    const begins = Date.parse(revealed(run)?.moment ?? '');
    expect(begins - (told[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(2 * HOUR);
    expect((told[1]?.atMs ?? 0) - begins).toBeLessThan(5_000);
  });

  test('aborted while it waits, nothing was touched, and everybody sees what it would have been', async () => {
    const run = await finished(DRILL, [], { abortAt: ({ type }) => type === 'commander-told' });
    expect([run.outcome, run.exitCode]).toEqual(['aborted', 4]);
    expect([...new Set(run.of('call').map(({ service }) => service))]).toEqual(['sns']);
    expect(run.standing).toEqual(run.before);
    expect(revealed(run)).toMatchObject({ drill: DRAWN, begins: false });
    const { surprise } = reportOf(run.entries, { journalHash: '' });
    expect(surprise).toMatchObject({ began: false, fits: true });
    expect(surprise?.words).toMatch(/which did not begin\. What was revealed fits the seal\.$/);
  });
});

test.each([-600_000, 600_000])(
  'where the wall clock is set by %i ms while it waits, it begins when people’s clocks show its moment',
  async (byMs) => {
    const before = await finished(DRILL);
    const [sealed] = before.of('draw-sealed');
    const setAtMs = Date.parse(sealed?.at ?? '') + HOUR;
    const run = await finished(DRILL, [], { wall: (nowMs) => (nowMs < setAtMs ? nowMs : nowMs + byMs) });
    const [revealed] = run.of('draw-revealed');
    const { moment = '', at = '' } = revealed ?? {};
    expect(moment).toBe(before.of('draw-revealed')[0]?.moment);
    const lateMs = Date.parse(at) + byMs - Date.parse(moment);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(10_000);
  },
);

describe('killed while it waits', () => {
  const killed = (deadMs: number) => killedAndResumed(DRILL, { after: [5], deadMs });

  test.each([
    ['an hour', HOUR],
    ['two days', 2 * DAY],
  ])('and taken up %s later, it keeps its draw', async (_, deadMs) => {
    const [unbroken, run] = [await finished(DRILL), await killed(deadMs)];
    expect([run.outcome, run.kills]).toEqual(['passed', 1]);
    const { drill, moment, nonce } = revealed(unbroken) ?? {};
    expect(revealed(run)).toMatchObject({ drill, moment, nonce, begins: true });
    expect(run.of('draw-sealed')).toHaveLength(1);
  });

  test('and taken up after its moment, it begins as long as the window of that day is open', async () => {
    const run = await killed(3 * DAY + 5 * HOUR);
    expect(run.outcome).toBe('passed');
    const { moment = '', at = '' } = revealed(run) ?? {};
    expect(Date.parse(at) - Date.parse(moment)).toBeGreaterThan(HOUR / 2);
  });

  test('and taken up when the window has closed, it is over: a surprise that is too late is none', async () => {
    const run = await killed(6 * DAY);
    expect([run.outcome, run.reason]).toEqual([
      'aborted',
      'it could not begin before its window closed: no process waited for it when its moment came',
    ]);
    expect(revealed(run)).toMatchObject({ begins: false });
    expect(drawOnRecord(run.entries)).toMatchObject({ fits: true });
    expectSound(run);
  });
});

describe('the draw', () => {
  const { surprise } = shipped(DRILL).drill as { surprise: Surprise };
  const nowMs = Date.parse('2026-01-05T01:00:00Z');

  test('lies in the window, in its zone, whatever the seed; every drill comes up', () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 400 * DAY }), (seed, later) => {
        const draw = drawFrom(surprise, nowMs + later, seededDraws(seed));
        const ms = Date.parse(draw?.moment ?? '');
        seen.add(draw?.drawn ?? -1);
        // Taipei is 8 hours ahead all year.
        const there = new Date(ms + 8 * HOUR);
        expect(there.getUTCDay()).toBeGreaterThanOrEqual(1);
        expect(there.getUTCDay()).toBeLessThanOrEqual(4);
        expect(there.getUTCHours()).toBeGreaterThanOrEqual(10);
        expect(there.getUTCHours()).toBeLessThan(16);
        expect(ms - nowMs - later).toBeGreaterThanOrEqual(2 * HOUR);
        expect(ms - nowMs - later).toBeLessThanOrEqual(14 * DAY);
      }),
    );
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });

  test('follows the clocks of its zone when they are changed', () => {
    const window = { ...surprise.window, zone: 'Europe/Berlin', within: 7 * DAY };
    const openings = openingsOf(window, Date.parse('2026-03-26T00:00:00Z'), 0);
    expect(openings.map(({ fromMs }) => new Date(fromMs).toISOString())).toEqual([
      '2026-03-26T09:00:00.000Z',
      '2026-03-30T08:00:00.000Z',
      '2026-03-31T08:00:00.000Z',
      '2026-04-01T08:00:00.000Z',
    ]);
  });

  test.each([
    [
      'another moment',
      (entry: Entry) => (entry.type === 'draw-revealed' ? { ...entry, moment: '2026-01-06T03:00:00.000Z' } : entry),
    ],
    ['another drill', (entry: Entry) => (entry.type === 'draw-revealed' ? { ...entry, drawn: 0 } : entry)],
  ])('%s than was sealed is found', async (_, alter) => {
    const { entries } = await finished(DRILL);
    const altered = entries.map(alter);
    expect(drawOnRecord(altered)).toMatchObject({ fits: false });
    expect(reportOf(altered, { journalHash: '' }).surprise?.words).toContain('does NOT fit the seal');
  });
});

test('once begun it is measured, judged and remembered as what it turned out to be, under its own name', async () => {
  const { entries, of } = await finished(DRILL);
  const report = reportOf(entries, { journalHash: '' });
  expect(report.drill).toMatchObject({ name: DRILL, title: expect.stringContaining('promote the replica') });
  expect(report.targets).toMatchObject({ rto: { limitMs: 180_000 }, rpo: { limitMs: 30_000 } });
  expect(report.startedAt).toBe(of('draw-revealed')[0]?.at);
  expect(report.surprise?.words).toMatch(
    /^Drawn from 3 \(multi-region-failover, database-failure, multi-az-failover\) by the seed, announced to nobody but the incident commander; window: monday/,
  );
  expect(recordOf('2026-01-05T01-00-00Z-surprise', report)).toMatchObject({ drill: DRILL, drawn: DRAWN });
});

describe('a surprise that cannot be', () => {
  const folder = scratch();
  const text = readFileSync('drills/surprise.yaml', 'utf8')
    .replace('topologies/ecommerce-platform.yaml', shippedTopology)
    .replaceAll(/- (\S+\.yaml)/g, (_, name: string) => `- ${resolve('drills', name)}`);
  const told = (from: string | RegExp, to: string) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return mistakesOf(folder.write('surprise.yaml', changed), { vocabulary });
  };

  test.each([
    ['no such drill', 'multi-az-failover.yaml', 'multi-zone-failover.yaml', /there is no drill file/],
    [
      'one that is drawn itself',
      resolve('drills/multi-az-failover.yaml'),
      'surprise.yaml',
      /cannot turn out to be itself/,
    ],
    [
      'a drill that begins after a failover',
      'multi-az-failover.yaml',
      'failback.yaml',
      /begins where a failover has ended/,
    ],
    ['a drill twice', 'multi-az-failover.yaml', 'database-failure.yaml', /is named twice/],
    ['a window that ends before it begins', 'until: "16:00"', 'until: "09:00"', /the window ends before it begins/],
    ['a zone that there is not', 'Asia/Taipei', 'Asia/Taipeh', /zone cannot be 'Asia\/Taipeh'/],
    ['a day that there is not', 'tuesday', 'tuseday', /cannot be 'tuseday'/],
  ])('%s is told when the file is loaded', (_, from, to, message) => {
    expect(told(from, to).map((one) => one.message)).toEqual([expect.stringMatching(message)]);
  });

  test('what is wrong in a drill that may be drawn is told in its own file', () => {
    const broken = folder.write(
      'broken.yaml',
      drillText('drills/database-failure.yaml').replace('rpo: 30 s', 'rpo: 30 sec'),
    );
    expect(told(resolve('drills/multi-az-failover.yaml'), broken)).toMatchObject([
      { file: broken, message: expect.stringContaining('targets.rpo cannot be') },
    ]);
  });

  test('the commander has no topic', () => {
    const without = readFileSync(shippedTopology, 'utf8').replace(/^notices:\n( .*\n)+/m, '');
    const topology = folder.write('t.yaml', without);
    const drill = folder.write(
      'own.yaml',
      drillText('drills/database-failure.yaml').replace(shippedTopology, topology),
    );
    const path = folder.write(
      'surprise.yaml',
      text.replace(shippedTopology, topology).replace(/of:\n( {2}- .*\n)+/, `of: [${drill}]\n`),
    );
    expect(mistakesOf(path, { vocabulary }).map((one) => one.message)).toEqual([expect.stringMatching(/commander/)]);
  });
});

describe('before it is run', () => {
  const { drill, topology } = shipped(DRILL);
  const { surprise } = drill as { surprise: Surprise };

  test('its plan is that of every drill it may turn out to be, and IAM is asked for all of them and the notice', () => {
    const plan = planOfSurprise(drill, surprise, topology);
    expect(plan.of.map((one) => one.drill)).toEqual(surprise.of.map((one) => one.drill));
    const actions = plan.permissions.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['sns:Publish', 'rds:PromoteReadReplica', 'route53:UpdateHealthCheck']),
    );
    expect(plan.permissions.find(({ action }) => action === 'sns:Publish')?.resources).toEqual([
      'arn:aws:sns:ap-northeast-1:111122223333:ecommerce-incident-commander',
    ]);
    const text = surpriseLines(plan, { colour: false }).join('\n');
    for (const said of ['1 OF 3', '3 OF 3', 'between 10:00 and 16:00 in Asia/Taipei', 'at least 2 h ahead'])
      expect(text).toContain(said);
  });

  test.each([
    [1, []],
    [2, ['ecommerce-incident-commander has 2 confirmed subscriptions']],
  ])('its preflight looks for all of them, and for who would be told: %s', async (subscribers, blockers) => {
    const loaded = shipped(DRILL, [`simulation.surprise.subscribers=${subscribers}`]);
    const look = await lookAtSimulated(loaded)(({ ports, ...account }) =>
      lookForDrill(loaded.drill, loaded.topology, { ...account, ...ports, readsOnly: false }),
    );
    expect(look.findings.flatMap(({ severity, what }) => (severity === 'blocker' ? [what] : []))).toEqual(blockers);
    const rows = look.rows.map((row) => JSON.stringify(row));
    expect(new Set(rows).size).toBe(rows.length);
  });
});

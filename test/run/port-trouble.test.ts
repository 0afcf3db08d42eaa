import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { UnknownOutcome } from '../../src/errors.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { Query } from '../../src/ports/sql.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, scratch } from '../drill/files.ts';
import { answersAtOnce } from './answers-at-once.ts';
import { FAILOVER, type Finished, shipped, whenever } from './drill.ts';
import { rehearsedIn } from './prepared-account.ts';

const folder = scratch();
const named = (name: string) => Object.assign(new Error(`the port says ${name}`), { name });

type Call = (...asked: never[]) => Promise<unknown>;
/** What becomes of the nth call of an operation. */
type Fate = (operation: string, nth: number, call: () => Promise<unknown>) => Promise<unknown>;

/** Ports whose every operation meets a fate; the query's name is part of an operation's. */
function meeting(fate: Fate): (ports: Ports) => Ports {
  const calls = new Map<string, number>();
  const changed = <P extends keyof Ports>(port: P, real: Ports[P]): Ports[P] => {
    const wrapped = Object.entries(real ?? {}).map(([name, call]) => {
      // What only remembers is asked nothing.
      if (typeof call !== 'function' || answersAtOnce(name)) return [name, call];
      return [
        name,
        (...asked: never[]) => {
          const query = port === 'sql' ? `.${(asked as unknown as [unknown, Query])[1].name}` : '';
          const operation = `${port}.${name}${query}`;
          const nth = (calls.get(operation) ?? 0) + 1;
          calls.set(operation, nth);
          return fate(operation, nth, () => (call as Call)(...asked));
        },
      ];
    });
    return Object.fromEntries(wrapped) as Ports[P];
  };
  return (ports) => ({
    ...ports,
    sql: changed('sql', ports.sql),
    kubernetes: changed('kubernetes', ports.kubernetes),
    redis: changed('redis', ports.redis),
    kafka: changed('kafka', ports.kafka),
    dns: changed('dns', ports.dns),
  });
}

const CHANGES = /^(kubernetes\.(scale|setEnvironment|createNamespace|deleteNamespace|apply)|kafka\.(commit|forget))$/;

const endOf = ({ outcome, standing }: Finished) => ({ outcome, standing: whenever(standing) });

/** Drills that between them do everything that is done beside AWS's own APIs. */
const drills = [
  FAILOVER,
  'aurora-global-switchover',
  'configuration-restore',
  'kafka-failover',
  'partial-restore',
  'planned-switchover',
  'redis-global-failover',
];

describe.each(drills)('%s ends as it would without, where', (name) => {
  const run = (fate?: Fate) => rehearsedIn({ ...(fate && { portsThrough: meeting(fate) }) }, shipped(name));

  test.each([
    ['nobody answers the first of each kind of look', 'Timeout', 1],
    ['the third of each kind meets a fault', 'Unavailable', 3],
  ])('%s', async (_, error, which) => {
    const usual = endOf(await run());
    const troubled = await run((operation, nth, call) =>
      nth === which && !CHANGES.test(operation) ? Promise.reject(named(error)) : call(),
    );
    expect(endOf(troubled), troubled.reason).toEqual(usual);
  });

  test('everything has no time just now, three times in a row: looks, and changes that are not made', async () => {
    const usual = endOf(await run());
    const troubled = await run((operation, nth, call) =>
      // What a customer meets is no look of the drill's.
      nth >= 2 && nth <= 4 && operation !== 'dns.resolve'
        ? Promise.reject(named(CHANGES.test(operation) ? 'Throttled' : 'Unavailable'))
        : call(),
    );
    expect(endOf(troubled), troubled.reason).toEqual(usual);
  });

  test('a password is rotated while any of its steps runs, and is in its secret some seconds later', async () => {
    const usual = endOf(await run());
    const troubled = await run((_, nth, call) =>
      nth === 2 || nth === 3 ? Promise.reject(named('LoginRefused')) : call(),
    );
    expect(endOf(troubled), troubled.reason).toEqual(usual);
  });

  test('the answer to every change is lost, and the change was made', async () => {
    const usual = endOf(await run());
    const troubled = await run(async (operation, nth, call) => {
      const answer = await call();
      if (nth > 2 || !/^sql\.query\.(carry|put-back|writes|sessions)/.test(operation)) {
        if (nth > 2 || !CHANGES.test(operation)) return answer;
        throw new UnknownOutcome(operation, named('Timeout'));
      }
      throw named('Timeout');
    });
    expect(endOf(troubled), troubled.reason).toEqual(usual);
  });

  test('no change arrives the first time', async () => {
    const usual = endOf(await run());
    const troubled = await run((operation, nth, call) =>
      CHANGES.test(operation) && nth === 1 ? Promise.reject(new UnknownOutcome(operation, named('Timeout'))) : call(),
    );
    expect(endOf(troubled), troubled.reason).toEqual(usual);
  });
});

test('what does not become ready is told while it is waited for, and why the time ran out at the end', async () => {
  const quota = 'pods "order-service-5d" is forbidden: exceeded quota: small';
  const troubles = async () => [{ about: 'Deployment order-service', reason: 'FailedCreate', message: quota }];
  const run = await rehearsedIn(
    { portsThrough: (ports) => ({ ...ports, kubernetes: { ...ports.kubernetes, troubles } }) },
    shipped(FAILOVER, ['simulation.pods.neverReady=true']),
  );
  expect(run.of('not-ready')[0]).toMatchObject({ reasons: [`Deployment order-service: FailedCreate: ${quota}`] });
  const late = run.of('step-ended').find(({ outcome }) => outcome === 'deadline');
  expect(late?.error?.message).toContain('exceeded quota: small');
});

describe.each(['redis-global-failover', 'aurora-global-failover', 'planned-switchover'])('%s passes where', (name) => {
  test('the new writer refuses writes for some seconds, as its endpoint still leads to the former one', async () => {
    const usual = endOf(await rehearsedIn({}, shipped(name)));
    let asked = 0;
    /** What it would take already it refuses all the same, the first times. */
    const late = async <T>(region: string, call: () => Promise<T>): Promise<T> => {
      const answer = await call();
      if (region !== 'ap-northeast-1') return answer;
      asked += 1;
      if (asked <= 5) throw named('ReadOnly');
      return answer;
    };
    const run = await rehearsedIn(
      {
        portsThrough: ({ sql, redis, ...ports }) => ({
          ...ports,
          sql: {
            ...sql,
            query: (at, query, limit) =>
              query.name === 'prove-write'
                ? late(at.region, () => sql.query(at, query, limit))
                : sql.query(at, query, limit),
          },
          redis: { ...redis, write: (at, ...rest) => late(at.region, () => redis.write(at, ...rest)) },
        }),
      },
      shipped(name),
    );
    expect(endOf(run), run.reason).toEqual(usual);
    expect(asked).toBeGreaterThan(5);
  });
});

describe('a request of the drill file’s own', () => {
  const text = drillText('test/drill/fixtures/own-failover.yaml');
  const asking = (method: string, more = '') =>
    folder.write(
      `${method}-${more.length}.yaml`,
      text.replace(
        '  - phase: failure\n',
        `  - phase: ask\n    steps:\n      - { step: ask, uses: http.call, with: { method: ${method}, url: "https://shop.example.com/ask"${more} } }\n  - phase: failure\n`,
      ),
    );
  const answers = async (path: string, fates: (number | 'sent' | 'lost')[]) => {
    let asked = 0;
    const run = await rehearsedIn(
      {
        portsThrough: (ports) => ({
          ...ports,
          http: {
            request: async (request, signal) => {
              if (!request.url.endsWith('/ask')) return ports.http.request(request, signal);
              const fate = fates[Math.min(asked, fates.length - 1)];
              asked += 1;
              if (typeof fate === 'number') return { status: fate, latencyMs: 5, body: '' };
              throw Object.assign(named('ConnectionFailed'), { sent: fate === 'sent' });
            },
          },
          dns: {
            ...ports.dns,
            resolve: async (name, signal) =>
              ports.dns.resolve(name, signal).catch(() => ({ addresses: ['203.0.113.99'], ttlMs: 1_000 })),
          },
        }),
      },
      loadDrill(path, { overrides: [], vocabulary }),
    );
    return { run, asked, ended: run.of('step-ended').find(({ step }) => step === 'ask') };
  };

  test('that never left is sent again', async () => {
    const { asked, ended } = await answers(asking('POST', ', undo: nothing'), ['lost', 'lost', 200]);
    expect([asked, ended?.outcome]).toEqual([3, 'ok']);
  });

  test('that came too fast (429) is sent again', async () => {
    const { asked, ended } = await answers(asking('POST', ', undo: nothing'), [429, 200]);
    expect([asked, ended?.outcome]).toEqual([2, 'ok']);
  });

  test.each(['sent', 500, 504] as const)('that left and met %s is not sent again unless that is safe', async (fate) => {
    const once = await answers(asking('POST', ', undo: nothing'), [fate, 200]);
    expect([once.asked, once.ended?.outcome, once.ended?.error?.message]).toEqual([
      1,
      'failed',
      `POST https://shop.example.com/ask was asked for before (${fate === 'sent' ? 'the port says ConnectionFailed' : `status ${fate}`}), and whether it was done is not known.`,
    ]);
    const twice = await answers(asking('POST', ', undo: nothing, repeatable: true'), [fate, 200]);
    expect([twice.asked, twice.ended?.outcome]).toEqual([2, 'ok']);
  });

  test('that only looks is sent again where nobody answers', async () => {
    const { asked, ended, run } = await answers(asking('GET'), ['sent', 'lost', 200]);
    expect([asked, ended?.outcome]).toEqual([3, 'ok']);
    expect(run.of('check').find(({ check }) => check === 'ask')).toMatchObject({ ok: true });
  });
});

import { describe, expect, test } from 'vitest';
import { planLines } from '../../src/plan/text.ts';
import { toCsv } from '../../src/report/csv.ts';
import { toHtml } from '../../src/report/html.tsx';
import { toJson } from '../../src/report/json.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { type Report, reportOf } from '../../src/report/model.ts';
import { toOscal } from '../../src/report/oscal.ts';
import { summaryLines } from '../../src/report/summary.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { planFor } from '../plan/drills.ts';
import { mustStandAsReported } from './as-reported.ts';
import { FAILOVER, type Finished, finished, SWITCHOVER, THREE_STORES } from './drill.ts';
import { type Account, finishedIn } from './prepared-account.ts';

const SETTINGS = [THREE_STORES, 'targets.rto=10 min'];
const TWO_PAIRS = 'topology=test/platforms/two-pairs.yaml';

const run = (...more: string[]) => finished(FAILOVER, [...SETTINGS, ...more]);
const reportOn = ({ entries }: Finished): Report => reportOf(entries, { journalHash: '0'.repeat(64) });
const standings = (one: Finished) =>
  Object.fromEntries(reportOn(one).takenOver.map(({ of, standing }) => [of, standing]));
const lineOf = ({ entries }: Finished, type: 'step-started' | 'step-ended', step: string): number =>
  entries.find((entry) => entry.type === type && entry.step === step)?.seq ?? Number.NaN;
const startedOf = ({ of }: Finished, store: string) =>
  of('step-started').flatMap(({ step }) => (step.split('/').includes(store) ? [step] : []));

/** While a step goes on, calls that name a resource are refused. */
function refusing(step: string, resource: string): Account {
  let goesOn = false;
  return {
    onEntry(entry) {
      if (entry.type === 'step-started' && entry.step === step) goesOn = true;
      if (entry.type === 'step-ended' && entry.step === step) goesOn = false;
    },
    through: (transport) => ({
      send(service, region, operation, input, signal) {
        const isRefused = goesOn && JSON.stringify(input).includes(resource);
        if (isRefused) return Promise.reject(awsError('AccessDenied', 'nobody may do this'));
        return transport.send(service, region, operation, input, signal);
      },
    }),
  };
}

describe('three data stores, two computes and two names', () => {
  test.each([FAILOVER, SWITCHOVER])('%s takes everything with it', async (drill) => {
    const ended = await finished(drill, SETTINGS);
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(standings(ended)).toEqual({ tickets: 'taken over', seats: 'taken over', sessions: 'taken over' });
    mustStandAsReported(ended);
    expect(reportOn(ended).recoveries.map(({ of }) => of)).toEqual(['public', 'agencies']);
  });

  test.each([
    [FAILOVER, 'take-over/tickets', 'take-over/seats'],
    [SWITCHOVER, 'take-over/tickets/allow', 'take-over/seats'],
  ])('%s takes a store over after the one that it names, and others beside both', async (drill, before, after) => {
    const ended = await finished(drill, SETTINGS);
    expect(lineOf(ended, 'step-started', after)).toBeGreaterThan(lineOf(ended, 'step-ended', before));
    expect(lineOf(ended, 'step-started', 'take-over/sessions')).toBeLessThan(lineOf(ended, 'step-ended', before));
  });

  test('every store is fenced at once, also one that is taken over after another', async () => {
    const ended = await finished(FAILOVER, SETTINGS);
    expect(lineOf(ended, 'step-ended', 'fence/seats')).toBeLessThan(lineOf(ended, 'step-ended', 'take-over/tickets'));
    expect(lineOf(ended, 'step-started', 'fence/seats')).toBeLessThan(lineOf(ended, 'step-ended', 'fence/tickets'));
  });

  test('a plan shows what waits for what', () => {
    const text = planLines(planFor('drills/multi-region-failover.yaml', THREE_STORES), { colour: false }).join('\n');
    expect(text).toMatch(/^ +seats, after seats\/fence and tickets, in parallel with sessions/m);
  });
});

describe('where one of three data stores cannot be taken over', () => {
  test('the first essential one: what was taken over beside it goes back', async () => {
    const ended = await run('simulation.promotion={ fails: true, takes: 3 min, of: theatre-tickets-central }');
    expect(ended.outcome).toBe('rolled-back');
    expect(standings(ended)).toEqual({ tickets: 'went back', sessions: 'went back' });
    mustStandAsReported(ended);
    expect(ended.standing).toEqual(ended.before);
  });

  test('the second essential one: what was taken over is held, and it stays where it was', async () => {
    const ended = await run('simulation.globalCluster.fails=true');
    expect(ended.outcome).toBe('failed');
    expect(ended.of('held').map(({ step }) => step)).toEqual(['take-over/tickets', 'take-over/sessions']);
    expect(standings(ended)).toEqual({ tickets: 'held', seats: 'not taken over', sessions: 'held' });
    mustStandAsReported(ended);
  });

  test('one that customers can do without: everybody is served, and nothing more is asked of it', async () => {
    const ended = await run('simulation.cacheFailover.fails=true');
    expect(standings(ended)).toEqual({ tickets: 'taken over', seats: 'taken over', sessions: 'given up' });
    expect(startedOf(ended, 'sessions')).toEqual(['baseline/sessions', 'take-over/sessions']);
    for (const { total } of reportOn(ended).recoveries) expect(total).toMatchObject({ source: 'simulated' });
    expect(ended.outcome).toBe('passed');
    expect(reportOn(ended).verdict.sentence).toContain('sessions was given up');
  });

  test('and that takes its time: it is given up a minute after everything else, and the others are served', async () => {
    const usual = await run();
    const slow = await run('simulation.cacheFailover.takes=9 min');
    expect(standings(slow)).toEqual({ tickets: 'taken over', seats: 'taken over', sessions: 'given up' });
    const [given] = reportOn(slow).givenUp;
    expect(given).toMatchObject({ step: 'take-over/sessions', reason: expect.stringContaining('can do without it') });
    const ends = slow
      .of('step-ended')
      .flatMap(({ step, at }) => (/^(take-over\/seats|take-over\/tickets|scale\/)/.test(step) ? [Date.parse(at)] : []));
    expect(((given?.atMs ?? 0) - Math.max(...ends)) / 1_000).toBeCloseTo(60, 0);
    const [before, after] = [usual, slow].map((one) => reportOn(one).recovery.total as { ms: number });
    expect((after?.ms ?? 0) - (before?.ms ?? 0)).toBeLessThan(75_000);
    expect(startedOf(slow, 'sessions')).toEqual(['baseline/sessions', 'take-over/sessions']);
  });

  test('and that one cannot be proven: everybody is served, and it is given up', async () => {
    const ended = await finishedIn(refusing('verify/sessions', 'xyzab-theatre-sessions'), FAILOVER, SETTINGS);
    expect(standings(ended)).toEqual({ tickets: 'taken over', seats: 'taken over', sessions: 'given up' });
    for (const { total } of reportOn(ended).recoveries) expect(total).toMatchObject({ source: 'simulated' });
  });

  test('and then an essential one fails: what was given up is said beside what is held', async () => {
    const ended = await run('simulation.cacheFailover.fails=true', 'simulation.globalCluster.fails=true');
    expect(ended.outcome).toBe('failed');
    expect(standings(ended)).toEqual({ tickets: 'held', seats: 'not taken over', sessions: 'given up' });
  });
});

describe('a database that customers can do without', () => {
  /** Nobody answers for its region, and it continues. */
  const goesOn: Account = {
    portsThrough: (ports) => ({
      ...ports,
      sql: {
        ...ports.sql,
        query: async (database, query, options) =>
          database.instance === 'library-reviews-primary' ? [] : ports.sql.query(database, query, options),
      },
    }),
  };

  test.each([
    ['baseline/reviews', refusing('baseline/reviews', 'library-reviews-replica')],
    ['fence/reviews', goesOn],
    ['take-over/reviews', refusing('take-over/reviews', 'library-reviews-replica')],
    ['verify/reviews', refusing('verify/reviews', 'library-reviews-replica')],
  ])('is given up where %s fails, and the other one is taken over', async (step, account) => {
    const ended = await finishedIn(account, FAILOVER, [TWO_PAIRS]);
    const report = reportOn(ended);
    expect(report.givenUp.map((one) => one.step)).toEqual([step]);
    expect(standings(ended)).toEqual({ loans: 'taken over', reviews: 'given up' });
    expect(report.recovery.total).toMatchObject({ source: 'simulated' });
    expect(ended.of('held')).toEqual([]);
  });

  test('and that was taken over is held where an essential one then fails', async () => {
    const ended = await finished(FAILOVER, [
      TWO_PAIRS,
      'simulation.promotion={ fails: true, takes: 4 min, of: library-loans-replica }',
    ]);
    expect(ended.outcome).toBe('failed');
    expect(ended.of('held').map(({ step }) => step)).toEqual(['take-over/reviews']);
    expect(standings(ended)).toEqual({ loans: 'went back', reviews: 'held' });
  });
});

describe('every format says of each data store how it stands', () => {
  test('after a failure behind a point of no return', async () => {
    const report = reportOn(await run('simulation.cacheFailover.fails=true', 'simulation.globalCluster.fails=true'));
    const words = 'tickets was taken over, and is held for a person to decide; seats was not taken over';
    expect(toMarkdown(report)).toContain(words);
    expect(toHtml(report)).toContain(words);
    expect(summaryLines(report).join('\n')).toContain(words);
    expect(JSON.parse(toJson(report)).takenOver).toEqual(report.takenOver);
    expect(toCsv(report)).toMatch(/,data store,tickets,,,,held,,SIMULATED\r\n.*,data store,seats,,,,not taken over,/);
    expect(toOscal(report)).toContain('tickets was taken over, and is held for a person to decide.');
    expect(toOscal(report)).toContain('Given up: sessions');
  });
});

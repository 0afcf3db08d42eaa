import { describe, expect, test } from 'vitest';
import type { Received } from '../../src/server/exchange.ts';
import { shipped } from '../run/drill.ts';
import type { Fault } from './fault.ts';
import { type LiveRun, liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow } from './plan.ts';

/** A person makes the same change in another console. `theirs` is the request that does it. */
const moments: [when: string, fault: (theirs: Received) => Fault][] = [
  [
    'just before our request arrives',
    (theirs) => byHand(async ({ deliver }) => [await deliver(theirs), await deliver()][1]),
  ],
  ['just after it', (theirs) => byHand(async ({ deliver }) => [await deliver(), await deliver(theirs)][0])],
  ['while our request is lost', (theirs) => byHand(async ({ deliver }) => void (await deliver(theirs)))],
];

const byHand = (
  strike: (exchange: Parameters<Fault['strike']>[0]) => ReturnType<Parameters<Fault['strike']>[0]['deliver']>,
): Fault => ({
  name: 'by hand',
  delivers: true,
  async strike(exchange) {
    const reply = await strike(exchange);
    return reply ? { as: 'reply', reply } : { as: 'closed' };
  },
});

/** The steps of a run that cannot be undone, each with its change and the first look that goes before it. */
function noReturn(run: LiveRun) {
  const steps = run.of('step-applying').flatMap(({ step, pointOfNoReturn }) => (pointOfNoReturn ? [step] : []));
  return [...new Set(steps)].map((step) => {
    const change = callsOf(run).find((call) => call.step === step && call.mutating);
    const look = callsOf(run).find((call) => call.step === step && !call.mutating);
    if (!change || !look) throw new Error(`${step} looks at nothing, or changes nothing`);
    return { step, change, look };
  });
}

/** Every call with its number among those of its operation, as a plan counts them. */
function callsOf(run: LiveRun) {
  const counts = new Map<string, number>();
  return run.of('call').map((call) => {
    const nth = (counts.get(call.operation) ?? 0) + 1;
    counts.set(call.operation, nth);
    return { ...call, nth };
  });
}

/** A drill and its settings; `slow` ones only with TORTURE=live. */
const drills: { name: string; overrides?: string[]; slow?: true }[] = [
  { name: 'multi-region-failover' },
  { name: 'database-failure' },
  { name: 'network-partition', overrides: ['simulation.partition.thirdSees=recovery'] },
  { name: 'aurora-global-failover' },
  { name: 'planned-switchover', slow: true },
  { name: 'failback', slow: true },
];

const ALL = process.env.TORTURE === 'live';

describe.each(drills.filter(({ slow }) => ALL || !slow))('$name', ({ name, overrides = [] }) => {
  test('a change of no return that a person makes at the same moment is made once, and the drill goes on', async () => {
    const loaded = shipped(name, overrides);
    const unbroken = await liveRun(loaded, overrides);
    expect(noReturn(unbroken)).not.toEqual([]);
    const wrong: string[] = [];
    for (const { step, change, look } of noReturn(unbroken)) {
      const request = unbroken.passed.filter(({ operation }) => operation === change.operation)[change.nth - 1]
        ?.request;
      if (!request) throw new Error(`${step} sent no ${change.operation}`);
      const tried = [
        ...moments.map(([when, fault]) => ({ when, at: change, fault: fault(request) })),
        { when: 'before the step looks', at: look, fault: moments[0]?.[1](request) as Fault },
      ];
      for (const { when, at, fault } of tried) {
        const run = await liveRun(loaded, overrides, {
          plan: (clock) =>
            oneBlow({ service: at.service, operation: at.operation, nth: at.nth, fault, times: 1 }, clock),
        }).catch(String);
        const found = typeof run === 'string' ? [run] : violations(run, unbroken);
        wrong.push(...found.map((what) => `${step}, ${when}: ${what}; ${typeof run === 'string' ? '' : run.reason}`));
      }
    }
    expect(wrong).toEqual([]);
  });
});

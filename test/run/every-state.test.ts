import { expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { machines, stepNames } from '../../state-machines/index.ts';
import { type Drill, FAILOVER, type Finished, finished, POINT_IN_TIME, SNAPSHOT } from './drill.ts';

const onCtrlC = { abortAt: ({ ms }: { ms: number }) => ms > 60_000 };

const failovers = () => [
  finished(FAILOVER),
  finished(FAILOVER, ['simulation.data.orphanOrders=2', 'approval={ roles: [incident commander], each: 5 min }']),
  finished(FAILOVER, ['simulation.promotion.fails=true']),
  finished(FAILOVER, ['simulation.healthCheck.stuck=true']),
  finished(FAILOVER, [], onCtrlC),
];
const restores = () => [
  finished(SNAPSHOT),
  finished(SNAPSHOT, ['simulation.data.orphanOrders=2']),
  finished(POINT_IN_TIME, ['simulation.restore.fails=true']),
  finished(SNAPSHOT, ['simulation.restore.takes=100 min']),
  finished(POINT_IN_TIME, ['afterwards=switch-over']),
  finished(SNAPSHOT, [], onCtrlC),
];

test.each([
  ['multi-region-failover', failovers],
  ['backup-restore', restores],
] as const)('every phase, step and end of %s is come to by some run', async (machine, drills) => {
  const runs = await Promise.all(drills());
  const seen = (of: (run: Finished) => string[]) => [...new Set(runs.flatMap(of))].toSorted();
  expect(seen(({ of }) => of('phase-entered').map(({ phase }) => phase))).toEqual(phasesOf(machine).toSorted());
  expect(seen(({ of }) => of('step-started').map(({ step }) => step))).toEqual(stepNames({ machine }).toSorted());
  expect(seen(({ outcome }) => [outcome])).toEqual(endsOf(machine).toSorted());
});

test('a decision stands in the journal with the rule that it followed', async () => {
  const decided = async (drill: Drill, overrides: string[] = []) =>
    (await finished(drill, overrides)).of('decision').map(({ decision, rule }) => `${decision}: ${rule}`);
  expect(await decided(FAILOVER)).toEqual(['fail-over: writerUnreachable']);
  expect(await decided(SNAPSHOT)).toEqual(['stop: discards']);
  expect(await decided(SNAPSHOT, ['afterwards=switch-over'])).toEqual(['restore: switchesOver']);
  expect(await decided(SNAPSHOT, ['simulation.restore.losesRows=40'])).toEqual(['stop: dataNotProven']);
});

const statesIn = (state: AnyStateNode): AnyStateNode[] => [
  state,
  ...Object.values(state.states).flatMap((child) => statesIn(child)),
];

type MachineName = keyof typeof machines;

const phasesOf = (machine: MachineName): string[] =>
  statesIn(machines[machine].root)
    .flatMap(({ entry }) => entry as { type: string; params: { phase: string } }[])
    .filter(({ type }) => type === 'enterPhase')
    .map(({ params }) => params.phase);

const endsOf = (machine: MachineName): string[] =>
  Object.values(machines[machine].root.states as Record<string, AnyStateNode>)
    .filter(({ type }) => type === 'final')
    .map(({ key }) => key);

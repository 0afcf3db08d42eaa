import { rowsOf, watchesOf } from '../../state-machines/custom.ts';
import type { CustomDrill, CustomStep } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { type Around, databaseOf } from '../steps/given.ts';
import { steps as known } from '../steps/index.ts';
import { doorOf, zoneWatchOf } from '../steps/probe/door.ts';
import { fenceOf } from '../steps/rds/quarantine.ts';
import { kindOf } from '../steps/traffic/by-lever.ts';
import type { Facts, Runbook, RunbookStep } from './form.ts';
import { factsBeforeRun, resultOf } from './not-yet-known.ts';
import { resolved } from './references.ts';

const MINUTE = 60_000;

/** Every step of a drill's own course, in the order of its file. */
export const stepsOf = ({ phases, cleanUp }: CustomDrill): CustomStep[] => [
  ...phases.flatMap((phase) => rowsOf(phase).flat() as CustomStep[]),
  ...cleanUp,
];

/** A drill of the file's own steps on this topology. */
export function customRunbook(drill: CustomDrill, topology: Topology): Runbook {
  const steps = Object.fromEntries(stepsOf(drill).map((one) => [one.step, runbookStep(one, drill, topology)]));
  const kinds = watchesOf(drill);
  return {
    steps,
    watches: Object.fromEntries(Object.entries(watches(drill, topology)).filter(([name]) => kinds.includes(name))),
  };
}

function runbookStep(one: CustomStep, drill: CustomDrill, topology: Topology): RunbookStep {
  const kind = kindOf(one.uses, topology) ?? '';
  const given = known.get(kind)?.given;
  if (!given) throw new DrillError('step-unknown', `There is no step '${one.uses}' that a drill file can use.`);
  const asked = (facts: Facts) => given.schema.parse(resolved(one.with, { topology, facts }));
  return {
    kind,
    deadlineMs: one.deadline ?? 10 * MINUTE + (given.lastsMs?.(asked(factsBeforeRun)) ?? 0),
    params: (facts) => given.params(asked(facts), aroundOf(drill, topology, facts)),
  };
}

export const aroundOf = (drill: CustomDrill, topology: Topology, facts: Facts): Around => ({
  drill: drill.drill,
  topology,
  startedAtMs: facts.startedAtMs,
  dataChecks: drill.dataChecks,
  probe: drill.probe,
  asked: <T extends object>(step: string) => {
    const found = stepsOf(drill).find((one) => one.step === step);
    return resolved(found?.with ?? {}, { topology, facts }) as Partial<T>;
  },
  result: (step, beforeRun) => resultOf(facts, step, beforeRun),
});

function watches(drill: CustomDrill, topology: Topology): Runbook['watches'] {
  const { probe, heartbeat } = drill;
  const fencing = stepsOf(drill).find(({ uses }) => uses === 'rds.fence-writer');
  const around = (facts: Facts) => aroundOf(drill, topology, facts);
  return {
    customer: {
      kind: 'customer',
      params: () => ({ ...doorOf(topology, probe ?? { timeout: 0 }), everyMs: probe?.every ?? 0 }),
    },
    zone: { kind: 'zone', params: () => zoneWatchOf(topology, probe?.every ?? 0) },
    lever: { kind: 'lever', params: () => ({}) },
    heartbeat: {
      kind: 'heartbeat',
      params: (facts) => ({
        ...databaseOf({ on: heartbeat?.on ?? 'writer' }, around(facts)),
        everyMs: heartbeat?.every ?? 0,
        firstSequence: facts.startedAtMs,
      }),
    },
    'keep-fenced': {
      kind: 'keep-fenced',
      after: fencing?.step ?? '',
      params: (facts) => fenceOf({ on: fencing?.with.on === 'replica' ? 'replica' : 'writer' }, around(facts)),
    },
  };
}

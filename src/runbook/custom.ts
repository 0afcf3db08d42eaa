import { rowsOf, watchesOf } from '../../state-machines/custom.ts';
import type { CustomDrill, CustomStep } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { type Around, databaseOf } from '../steps/given.ts';
import { steps as known } from '../steps/index.ts';
import { doorOf, zoneWatchOf } from '../steps/probe/door.ts';
import { fenceOf } from '../steps/rds/quarantine.ts';
import { kindOf } from '../steps/traffic/by-lever.ts';
import { movesCustomers } from '../steps/traffic/moves-customers.ts';
import { describedIn, trafficIn } from './described.ts';
import type { Facts, Runbook, RunbookStep } from './form.ts';
import { neededBy } from './needed.ts';
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
    steps: {
      preflight: {
        kind: 'account.preflight-custom',
        deadlineMs: 2 * MINUTE,
        params: () => ({
          account: topology.account,
          region: topology.regions.recovery,
          ...touched(drill, topology),
          needed: neededBy(steps, drill, topology),
        }),
      },
      ...steps,
    },
    watches: Object.fromEntries(Object.entries(watches(drill, topology)).filter(([name]) => kinds.includes(name))),
  };
}

/** What the steps of a drill touch, as the topology describes it. */
function touched(drill: CustomDrill, topology: Topology) {
  const { regions, kubernetes, traffic } = topology;
  const kinds = stepsOf(drill).map(({ uses }) => kindOf(uses, { traffic }) ?? uses);
  const any = (pattern: RegExp) => kinds.some((kind) => pattern.test(kind));
  const { recovery } = kubernetes;
  if (drill.begins === 'after-failover') {
    // What a failover has left is what the steps are about: only the one that serves must be as it should.
    const serving = { role: 'writer', ...describedIn(topology, 'replica') };
    return { instances: any(/^(rds|data)\./) ? [serving] : [], nodeGroup: null, traffic: null };
  }
  return {
    instances: any(/^(rds|data)\./)
      ? [
          { role: 'writer', ...describedIn(topology, 'writer') },
          { role: 'replica', ...describedIn(topology, 'replica') },
        ]
      : [],
    nodeGroup: any(/^eks\./)
      ? {
          region: regions.recovery,
          cluster: recovery.cluster,
          nodegroup: recovery.nodegroup,
          size: recovery.failoverNodes,
        }
      : null,
    traffic: kinds.some(movesCustomers) ? trafficIn(topology) : null,
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

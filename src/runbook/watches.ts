import { fenceOfCluster } from '../components/aurora-global/steps/fence-cluster.ts';
import { globalClusterOf } from '../components/aurora-global/steps/global-cluster.ts';
import { type Fence, fenceOf } from '../components/rds/quarantine.ts';
import { doorOf, zoneWatchOf } from '../components/route53/probe/door.ts';
import { movesCustomers } from '../components/route53/steps/moves-customers.ts';
import { componentsOf } from '../drill/components.ts';
import type { CustomStep, Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { type Around, databaseOf, instanceOn, sqlStore, sqlStores } from '../steps/given.ts';
import { aroundOf } from './course-steps.ts';
import type { Facts, Watch } from './form.ts';
import { factsBeforeRun } from './not-yet-known.ts';

type Watches = Record<string, Watch>;

/** The customer and the name servers of each public name. */
export function nameWatches(drill: Drill, topology: Topology): Watches {
  const probe = drill.machine === 'backup-restore' ? undefined : drill.probe;
  if (!probe) return {};
  return Object.fromEntries(
    componentsOf(topology, 'route53').flatMap((traffic): [string, Watch][] => [
      [
        `customer/${traffic.id}`,
        { kind: 'customer', params: () => ({ ...doorOf(traffic, probe), everyMs: probe.every }) },
      ],
      [`zone/${traffic.id}`, { kind: 'zone', params: () => zoneWatchOf(traffic, probe.every) }],
    ]),
  );
}

/** Heartbeat rows for each data store whose rows are counted in the end. */
export function heartbeatWatches(drill: Drill, topology: Topology, steps: readonly CustomStep[]): Watches {
  const { heartbeat } = drill;
  if (!heartbeat || drill.machine === 'backup-restore') return {};
  const on = 'on' in heartbeat ? heartbeat.on : 'writer';
  const counted = steps
    .filter(({ uses }) => uses === 'data.count-heartbeats')
    .map(({ of }) => sqlStore({ topology, of }).id);
  return Object.fromEntries(
    sqlStores(topology)
      .filter((store) => counted.includes(store.id))
      .map((store): [string, Watch] => [
        `heartbeat/${store.id}`,
        {
          kind: 'heartbeat',
          params: (facts) => ({
            ...databaseOf({ on }, aroundOf({ of: store.id }, { drill, topology, steps }, facts)),
            instance: instanceOn(store, on),
            everyMs: heartbeat.every,
            firstSequence: facts.startedAtMs,
          }),
        },
      ]),
  );
}

/** What moves customers is looked at while it must stay as the drill left it. */
export const leverWatch = (steps: readonly CustomStep[]): Watches =>
  steps.some(({ uses }) => movesCustomers(uses)) ? { lever: { kind: 'lever', params: () => ({}) } } : {};

/** Each old writer is kept out, once it has been fenced. */
export function fenceWatches(drill: Drill, topology: Topology, steps: readonly CustomStep[]): Watches {
  const fencing = steps.filter(({ uses }) => ['rds.fence-writer', 'rds.fence-cluster'].includes(uses)).toReversed();
  return Object.fromEntries(
    fencing.flatMap((one): [string, Watch][] => {
      const fence = (facts: Facts) => fenceAskedOf(one, aroundOf(one, { drill, topology, steps }, facts));
      if (!fence(factsBeforeRun)) return [];
      return [[`keep-fenced/${one.of ?? one.step}`, { kind: 'keep-fenced', after: one.step, params: fence }]];
    }),
  );
}

/** What a step fences; nothing where a cluster is Aurora's alone to stop. */
function fenceAskedOf({ uses, with: { on } }: CustomStep, around: Around): Fence | undefined {
  if (uses === 'rds.fence-writer') return fenceOf({ on: on === 'replica' ? 'replica' : 'writer' }, around);
  return fenceOfCluster(globalClusterOf(on === 'recovery' ? 'recovery' : 'primary', around));
}

import { doorOf, zoneWatchOf } from '../components/public-name/door.ts';
import { countings } from '../components/schemas.ts';
import { componentsBehind } from '../drill/components.ts';
import type { CustomStep, Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { steps as known } from '../platform/steps.ts';
import { databaseOf, instanceOn, sqlStore, sqlStores } from '../steps/given.ts';
import { aroundOf, runbookSteps } from './course-steps.ts';
import type { Watch } from './form.ts';
import type { LineStep } from './lines.ts';
import { factsBeforeRun } from './not-yet-known.ts';

type Watches = Record<string, Watch>;

/** The customers and the name servers of each public name. */
export function nameWatches(drill: Drill, topology: Topology): Watches {
  const probe = drill.machine === 'backup-restore' ? undefined : drill.probe;
  if (!probe) return {};
  return Object.fromEntries(
    componentsBehind('dns', topology).flatMap((traffic): [string, Watch][] => [
      [
        `customers/${traffic.id}`,
        {
          kind: 'customers',
          params: () => ({ ...doorOf(traffic, probe), everyMs: probe.every, customers: probe.customers }),
        },
      ],
      [`zone/${traffic.id}`, { kind: 'zone', params: () => zoneWatchOf(traffic, probe.every) }],
    ]),
  );
}

/** Numbered items for each data store whose own steps count them in the end: they go on for as long as the drill. */
function ownHeartbeats(drill: Drill, topology: Topology, steps: readonly CustomStep[]): Watches {
  const { heartbeat } = drill;
  if (!heartbeat || drill.machine === 'backup-restore') return {};
  const on = 'on' in heartbeat && heartbeat.on === 'replica' ? 'recovery' : 'primary';
  return Object.fromEntries(
    steps.flatMap(({ uses, of }): [string, Watch][] => {
      const writes = countings.find((one) => one.of === 'heartbeats' && one.counts === uses)?.writes;
      const given = writes === undefined ? undefined : known.get(writes)?.given;
      if (writes === undefined || given === undefined) return [];
      const asked = { on, every: heartbeat.every, lasts: null };
      const params: Watch['params'] = (facts) =>
        given.params(asked, aroundOf({ of }, { drill, topology, steps }, facts));
      return [[`heartbeat/${of ?? uses}`, { kind: 'kept', uses: writes, params }]];
    }),
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
  const inSql = Object.fromEntries(
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
  return { ...inSql, ...ownHeartbeats(drill, topology, steps) };
}

/** What moves customers is looked at while it must stay as the drill left it. */
export const leverWatch = (steps: readonly CustomStep[]): Watches =>
  steps.some(({ uses }) => known.get(uses)?.standing) ? { lever: { kind: 'lever', params: () => ({}) } } : {};

/** What a step did is kept so, such as the fence of an old writer. */
export function keptWatches(drill: Drill, topology: Topology, steps: readonly LineStep[]): Watches {
  const entries = runbookSteps(steps, drill, topology);
  return Object.fromEntries(
    steps.toReversed().flatMap(({ step, uses, of }): [string, Watch][] => {
      const entry = entries[step];
      if (!entry || !known.get(uses)?.keep?.(entry.params(factsBeforeRun))) return [];
      return [[`keep-fenced/${of ?? step}`, { kind: 'kept', uses, after: step, params: entry.params }]];
    }),
  );
}

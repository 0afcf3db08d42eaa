import { inSql } from '../components/schemas.ts';
import { witnessObject } from '../components/witness/right.ts';
import { healthChecksOf } from '../components/witness/world-view.ts';
import type { PartitionDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { Partitioned } from '../platform/quorum/detect-partition.ts';
import type { Engine } from '../ports/sql.ts';
import { askedIn } from '../steps/data/target.ts';
import { databaseOf, needed, type SqlStore, sqlStores } from '../steps/given.ts';
import { runbookSteps } from './course-steps.ts';
import { type Runbook, stepOf } from './form.ts';
import { besides, linesOn } from './lines.ts';
import { factsBeforeRun, NOT_YET_MS, resultOf } from './not-yet-known.ts';
import { baselineOf, provenOf, shiftOf, takeOverOf } from './take-over.ts';
import { heartbeatWatches, keptWatches, leverWatch, nameWatches } from './watches.ts';

const MINUTE = 60_000;

/** Whether a store can say on both sides since when it has not heard from the other one. */
function hearsOfOther({ id }: SqlStore, topology: Topology): boolean {
  const { engine, cluster = false } = databaseOf({ on: 'writer' }, { topology, of: id });
  return (inSql(cluster).hears.engines as readonly Engine[]).includes(engine);
}

/** A partition between the two regions of this topology; what comes behind the decision depends upon who may write. */
export function partitionRunbook(drill: PartitionDrill, topology: Topology): Runbook {
  const { regions } = topology;
  const { detection, quorum } = drill;
  const described = needed(topology.witness, 'witness');
  const witness = witnessObject(described);
  const healthChecks = healthChecksOf(described, regions.recovery);
  const stores = sqlStores(topology);
  const store = stores.find((one) => hearsOfOther(one, topology)) ?? stores[0];
  const on = (one: 'writer' | 'replica') => {
    const asked = databaseOf({ on: one }, { topology, of: needed(store, 'data store').id });
    const { region, instance, database, engine, cluster = false } = asked;
    askedIn(
      'A partition is seen by when a replica last replied, which MySQL and MariaDB do not note. The drill',
      inSql(cluster).hears.engines,
      asked,
    );
    return { region, instance, name: database, engine, cluster };
  };
  const sides = {
    writer: on('writer'),
    replica: on('replica'),
    silenceMs: detection.silence,
    timeoutMs: detection.timeout,
  };
  const failure = {
    kind: 'network-partition',
    region: regions.primary,
    otherRegion: regions.recovery,
    writers: sqlStores(topology).map(({ id }) => databaseOf({ on: 'writer' }, { topology, of: id })),
  };
  const lines = linesOn(topology);
  const baseline = baselineOf(drill, lines);
  const execute = takeOverOf(lines, { allow: true });
  const shift = shiftOf(lines);
  const away = provenOf(drill, lines, { protected: false, fenced: false });
  const keepOut = besides(lines.branches({ step: 'keep-out', uses: 'data.keep-out' }));
  const home = provenOf(drill, lines, { protected: false, fenced: false, in: 'primary' });
  const rejoined = besides(lines.branches({ step: 'rejoin', uses: 'data.rejoin' }));
  const { steps } = lines;
  const always = { ...nameWatches(drill, topology), ...heartbeatWatches(drill, topology, steps) };
  const failover = { ...keptWatches(drill, topology, steps), ...leverWatch(steps) };
  return {
    lines: lines.asked,
    course: {
      machine: 'network-partition',
      baseline,
      away: { execute, shift, ...away, keepOut },
      home: { ...home, catchUp: rejoined },
      watches: { always: Object.keys(always), failover: Object.keys(failover) },
    },
    steps: {
      ...runbookSteps(steps, drill, topology),
      'see-vantage-points': stepOf('quorum.baseline', 2 * MINUTE, { sides, witness, healthChecks }),
      'cut-link': stepOf('failure.bring-about', MINUTE, failure),
      'detect-partition': stepOf('quorum.detect-partition', detection.within + MINUTE, {
        sides,
        witness,
        everyMs: detection.every,
        failures: detection.failures,
        withinMs: detection.within,
      }),
      'settle-quorum': stepOf('quorum.settle', 2 * quorum.within + MINUTE, (facts) => ({
        sides,
        witness,
        healthChecks,
        ...resultOf<Partitioned>(facts, 'detect-partition', { silentSinceMs: NOT_YET_MS, right: null }),
        withinMs: quorum.within,
      })),
      'mend-link': stepOf('failure.end', 5 * MINUTE, failure),
    },
    watches: { ...always, ...failover },
    ways: [{ ...factsBeforeRun, results: { 'settle-quorum': { holder: 'primary' } } }],
  };
}

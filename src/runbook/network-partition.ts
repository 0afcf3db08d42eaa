import type { PartitionDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { globalRegionOf } from '../partition.ts';
import { lookedAt } from '../steps/data/table-contents.ts';
import { needed } from '../steps/given.ts';
import { doorOf } from '../steps/probe/door.ts';
import { fullSizeOf } from '../steps/probe/standing.ts';
import type { Partitioned } from '../steps/quorum/detect-partition.ts';
import { witnessObject } from '../steps/quorum/right.ts';
import type { Settled } from '../steps/quorum/settle.ts';
import { type Facts, type Runbook, stepOf } from './form.ts';
import { factsBeforeRun, NOT_YET_MS, resultOf } from './not-yet-known.ts';
import { baselineStep, dataSteps, sidesOf, takeOverSteps, takeOverWatches } from './take-over.ts';

const MINUTE = 60_000;

/** A partition between the two regions of this topology, step by step; what comes behind the decision depends upon who may write. */
export function partitionRunbook(drill: PartitionDrill, topology: Topology): Runbook {
  const { regions, database, service } = topology;
  const { detection, verification, dataChecks, quorum } = drill;
  const door = doorOf(topology, drill.probe);
  const described = needed(topology.witness, 'witness');
  const witness = witnessObject(described);
  const healthChecks = { region: globalRegionOf('route53', regions.recovery), ...described.healthChecks };
  const { oldWriter: atHome, newWriter: away, fence } = sidesOf(topology);
  const sides = { writer: atHome, replica: away, silenceMs: detection.silence, timeoutMs: detection.timeout };
  const failure = {
    kind: 'network-partition',
    region: regions.primary,
    otherRegion: regions.recovery,
    instance: atHome.instance,
    database: database.name,
  };
  const named = ({ region, instance, name }: typeof atHome) => ({ region, instance, database: name });
  const steps: Runbook['steps'] = {
    baseline: baselineStep(drill, topology),
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
    ...takeOverSteps(topology, { takesWrites: false }),
    'allow-writes': stepOf('data.allow-writes', 2 * MINUTE, named(away)),
    'verify-service': stepOf('probe.verify-service', verification.lasts + 10 * MINUTE, (facts) => {
      const side = holderOf(facts);
      const [writer, other] = side === 'primary' ? [atHome, away] : [away, atHome];
      return {
        door,
        everyMs: drill.probe.every,
        lastsMs: verification.lasts,
        errorRateMax: verification.errorRate,
        p95MaxMs: verification.p95,
        metrics: { region: writer.region, ...service.metrics },
        oldWriter: other,
        newWriter: writer,
        // A replica that goes on following needs none, and the old writer is looked at again once the link is back.
        fence: null,
        standing: {
          region: writer.region,
          writer: writer.instance,
          multiAz: (side === 'primary' ? database.writer : database.replica).multiAz,
          follows: true,
          capacity: fullSizeOf(side, topology),
          alarms: service.alarms,
        },
      };
    }),
    'mend-link': stepOf('failure.end', 5 * MINUTE, failure),
    'keep-out': stepOf('rds.fence-writer', 5 * MINUTE, fence),
    'catch-up': stepOf('data.catch-up', 10 * MINUTE, { writer: named(atHome), replica: named(away), withinMs: null }),
    'compare-sides': stepOf('data.compare-sides', 5 * MINUTE, {
      writer: named(atHome),
      replica: named(away),
      ...lookedAt(dataChecks),
    }),
    ...dataSteps(drill, (facts) => (holderOf(facts) === 'primary' ? atHome : away)),
  };

  return {
    steps,
    watches: takeOverWatches(drill, topology),
    ways: [{ ...factsBeforeRun, results: { 'settle-quorum': { holder: 'primary' } } }],
  };
}

/** Which side may write. Before a run: the one that has more to do for it. */
const holderOf = (facts: Facts): 'primary' | 'recovery' =>
  resultOf<Settled>(facts, 'settle-quorum', { holder: 'recovery' }).holder ?? 'primary';

import { environmentsFor } from '../components/eks/readers.ts';
import type { RecoveryPoint } from '../components/rds-replica/steps/choose-recovery-point.ts';
import { loginByIam } from '../components/rds-replica/steps/like-original.ts';
import { componentsOf } from '../drill/components.ts';
import type { RestoreDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { madeIn } from '../steps/data/checks.ts';
import { type Contents, lookedAt } from '../steps/data/table-contents.ts';
import { component, databaseOf, needed } from '../steps/given.ts';
import { type Facts, type Runbook, stepOf } from './form.ts';
import { NOT_YET_MS, resultOf } from './not-yet-known.ts';

const MINUTE = 60_000;

/** A restore on this topology, step by step. */
export function restoreRunbook(drill: RestoreDrill, topology: Topology): Runbook {
  const { regions } = topology;
  const store = component('rds-replica', { topology, of: drill.of });
  const { writer } = store;
  const compute = componentsOf(topology, 'eks').find(({ uses }) => store.id in uses);
  const region = regions.primary;
  const identifier = drill.restored.identifier;
  const source = databaseOf({ on: 'writer' }, { topology, of: store.id });
  const restored = { ...source, instance: identifier };
  const target = {
    region,
    source: writer.identifier,
    identifier,
    instanceClass: writer.class,
    subnetGroup: writer.subnetGroup,
    parameterGroup: writer.parameterGroup,
    securityGroups: writer.securityGroups,
    like: {
      original: { region, instance: writer.identifier },
      neighbour: null,
      purpose: drill.afterwards === 'switch-over' ? 'writer' : 'test',
      iamLogin: loginByIam(store),
    },
    drill: drill.drill,
  };
  const chosen = (facts: Facts) =>
    resultOf<RecoveryPoint>(facts, 'choose-recovery-point', {
      from: drill.recoveryPoint.from,
      id: '<newest snapshot>',
      timeMs: NOT_YET_MS,
    });
  const { recoveryPoint, heartbeat } = drill;
  const types = recoveryPoint.from === 'snapshot' && recoveryPoint.types ? { types: recoveryPoint.types } : {};
  const wanted = lookedAt(drill.dataChecks, store.engine);

  const steps: Runbook['steps'] = {
    'write-heartbeats': stepOf('data.write-heartbeats', heartbeat.lasts + 2 * MINUTE, ({ startedAtMs }) => ({
      ...source,
      everyMs: heartbeat.every,
      lastsMs: heartbeat.lasts,
      firstSequence: startedAtMs,
    })),
    'choose-recovery-point': stepOf('rds.choose-recovery-point', MINUTE, {
      region,
      instance: writer.identifier,
      from: recoveryPoint.from,
      maxAgeMs: recoveryPoint.from === 'snapshot' ? recoveryPoint.maxAge : 0,
      ...types,
      beforeMs: recoveryPoint.from === 'point-in-time' ? recoveryPoint.before : 0,
    }),
    'count-source': stepOf('data.count-rows', 5 * MINUTE, (facts) => ({
      ...source,
      ...wanted,
      asOfMs: chosen(facts).timeMs,
    })),
    restore:
      recoveryPoint.from === 'snapshot'
        ? stepOf('rds.restore-from-snapshot', 45 * MINUTE, (facts) => ({
            ...target,
            ...types,
            snapshot: chosen(facts).id,
          }))
        : stepOf('rds.restore-to-point-in-time', 45 * MINUTE, (facts) => ({ ...target, timeMs: chosen(facts).timeMs })),
    'wait-until-usable': stepOf('data.wait-until-usable', 10 * MINUTE, { ...restored, tables: wanted.tables }),
    'check-data': stepOf('data.check-data', 15 * MINUTE, (facts) => ({
      ...restored,
      expected: resultOf<Contents>(facts, 'count-source', { asOfMs: 0, counts: {}, checksums: {} }),
      tolerance: drill.dataChecks.rowCountTolerance,
      ...wanted,
      checks: madeIn(store.engine, drill.dataChecks.checks),
    })),
    'count-heartbeats': stepOf('data.count-heartbeats', MINUTE, ({ startedAtMs }) => ({
      ...restored,
      firstSequence: startedAtMs,
    })),
    'fence-writer': stepOf('rds.fence-writer', 3 * MINUTE, {
      ...source,
      quarantine: writer.quarantineSecurityGroup,
      securityGroups: writer.securityGroups,
    }),
    'point-applications': stepOf('kubernetes.point-applications', 10 * MINUTE, (facts) => {
      const { address } = resultOf(facts, 'restore', { address: '<address of the restored instance>' });
      const used = needed(compute, 'compute');
      return {
        cluster: { region, cluster: used.primary.cluster, namespace: used.namespace },
        deployments: environmentsFor(used, [{ store: store.id, address }], topology),
        writers: [address],
      };
    }),
    'delete-restored': stepOf('rds.delete-instance', 20 * MINUTE, { region, identifier, drill: drill.drill }),
  };

  // What is made only to be thrown away takes no writer's place.
  return {
    course: { machine: 'backup-restore' },
    steps,
    watches: {},
    ...(drill.afterwards === 'discard' && { notTaken: ['fence-writer', 'point-applications'] }),
  };
}

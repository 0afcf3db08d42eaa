import type { FailoverDrill, PartitionDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { type Contents, lookedAt } from '../steps/data/table-contents.ts';
import type { Around } from '../steps/given.ts';
import { steps } from '../steps/index.ts';
import { doorOf, zoneWatchOf } from '../steps/probe/door.ts';
import { inPlaceOfTheOther } from '../steps/rds/promote-replica.ts';
import { kindOf } from '../steps/traffic/by-lever.ts';
import { retentionDaysOf } from './described.ts';
import { type Facts, type Runbook, type RunbookStep, stepOf } from './form.ts';
import { resultOf } from './not-yet-known.ts';

const MINUTE = 60_000;

/** Where things are when the recovery region takes over. */
export function sidesOf({ regions, database, kubernetes }: Topology) {
  const { writer, replica } = database;
  const cluster = { region: regions.recovery, cluster: kubernetes.recovery.cluster, namespace: kubernetes.namespace };
  return {
    oldWriter: { region: regions.primary, instance: writer.identifier, name: database.name },
    newWriter: { region: regions.recovery, instance: replica.identifier, name: database.name },
    fence: {
      region: regions.primary,
      instance: writer.identifier,
      database: database.name,
      quarantine: writer.quarantineSecurityGroup,
      securityGroups: writer.securityGroups,
    },
    cluster,
    nodeGroup: { region: regions.recovery, cluster: cluster.cluster, nodegroup: kubernetes.recovery.nodegroup },
  };
}

/** The steps by which the recovery region takes over from the primary; `takesWrites` is false where writes were stopped before. */
export function takeOverSteps(
  topology: Topology,
  { takesWrites }: { takesWrites: boolean },
): Record<
  'fence-writer' | 'promote-replica' | 'scale-nodes' | 'scale-deployments' | 'point-applications' | 'shift-traffic',
  RunbookStep
> {
  const { regions, database, kubernetes } = topology;
  const { fence, cluster, nodeGroup } = sidesOf(topology);
  const shift = shiftOf(topology);
  return {
    'fence-writer': stepOf('rds.fence-writer', 3 * MINUTE, fence),
    'promote-replica': stepOf('rds.promote-replica', 10 * MINUTE, {
      region: regions.recovery,
      instance: database.replica.identifier,
      database: database.name,
      backupRetentionDays: retentionDaysOf(topology),
      ...(!takesWrites && { takesWrites }),
      ...inPlaceOfTheOther('replica', topology),
    }),
    'scale-nodes': stepOf('eks.scale-node-group', 10 * MINUTE, {
      ...nodeGroup,
      size: kubernetes.recovery.failoverNodes,
    }),
    'scale-deployments': stepOf('kubernetes.scale-deployments', 5 * MINUTE, {
      cluster,
      deployments: kubernetes.deployments.map(({ name, replicas }) => ({ name, replicas })),
    }),
    'point-applications': stepOf('kubernetes.point-applications', 5 * MINUTE, (facts) => ({
      cluster,
      deployments: kubernetes.deployments.map(({ name }) => name),
      variable: kubernetes.writerVariable,
      address: resultOf(facts, 'promote-replica', { address: '<address of the new writer>' }).address,
    })),
    'shift-traffic': stepOf(shift.kind, 5 * MINUTE, shift.params),
  };
}

type TakeOver = FailoverDrill | PartitionDrill;
type Side = { region: string; instance: string; name: string };

/** How the healthy platform is looked at first. */
export const baselineStep = (drill: TakeOver, topology: Topology): RunbookStep => {
  const { oldWriter, newWriter } = sidesOf(topology);
  return stepOf('probe.baseline', drill.baseline.lasts + 2 * MINUTE, {
    door: doorOf(topology, drill.probe),
    lastsMs: drill.baseline.lasts,
    lagMaxMs: drill.limits.replicationLag,
    ...lookedAt(drill.dataChecks),
    writer: oldWriter,
    replica: newWriter,
  });
};

/** The steps that ask the writer what was lost and whether the rest is sound; which one it is may be known in the run only. */
export function dataSteps(
  { dataChecks }: TakeOver,
  writerIn: (facts: Facts) => Side,
): Record<'count-heartbeats' | 'check-data', RunbookStep> {
  const database = (facts: Facts) => {
    const { region, instance, name } = writerIn(facts);
    return { region, instance, database: name };
  };
  return {
    'count-heartbeats': stepOf('data.count-heartbeats', MINUTE, (facts) => ({
      ...database(facts),
      firstSequence: facts.startedAtMs,
    })),
    'check-data': stepOf('data.check-data', 5 * MINUTE, (facts) => ({
      ...database(facts),
      expected: resultOf<Contents>(facts, 'baseline', { asOfMs: 0, counts: {}, checksums: {} }),
      tolerance: dataChecks.rowCountTolerance,
      ...lookedAt(dataChecks),
      checks: dataChecks.checks,
    })),
  };
}

/** What goes on beside the steps: customer, name servers and rows are watched, and the old writer is kept out. */
export function takeOverWatches({ probe, heartbeat }: TakeOver, topology: Topology): Runbook['watches'] {
  const { oldWriter, fence } = sidesOf(topology);
  return {
    customer: { kind: 'customer', params: () => ({ ...doorOf(topology, probe), everyMs: probe.every }) },
    zone: { kind: 'zone', params: () => zoneWatchOf(topology, probe.every) },
    lever: { kind: 'lever', params: () => ({}) },
    heartbeat: {
      kind: 'heartbeat',
      params: ({ startedAtMs }) => ({
        region: oldWriter.region,
        instance: oldWriter.instance,
        database: oldWriter.name,
        everyMs: heartbeat.every,
        firstSequence: startedAtMs,
      }),
    },
    'keep-fenced': { kind: 'keep-fenced', params: () => fence },
  };
}

/** The step that sends all customers to the recovery region, by the lever that the topology names. */
function shiftOf(topology: Topology): { kind: string; params: object } {
  const kind = kindOf('traffic.shift', topology) ?? '';
  const given = steps.get(kind)?.given;
  if (!given) throw new DrillError('step-missing', `No step moves customers by the lever ${topology.traffic.lever}.`);
  // A shift follows from the topology alone.
  return { kind, params: given.params({ to: 'recovery' }, { topology } as Around) };
}

import type { FailoverDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { endpointGroupsOf, routingControlsOf, setIdentifierOf } from '../drill/traffic.ts';
import { endpointsFrom } from '../steps/arc/set-routing-controls.ts';
import { type Contents, lookedAt } from '../steps/data/table-contents.ts';
import { degradedIn } from '../steps/failure/bring-about.ts';
import { doorOf, servicesOf } from '../steps/probe/door.ts';
import { fullSizeOf } from '../steps/probe/standing.ts';
import { nextReplicaOf } from '../steps/rds/order-replica.ts';
import { describedIn, retentionDaysOf, trafficIn } from './described.ts';
import type { Facts, Runbook } from './form.ts';
import { neededBy } from './needed.ts';
import { resultOf } from './not-yet-known.ts';

const MINUTE = 60_000;

/** Who is asked where the drill names nobody, and what was found is for people to decide: the handbook's escalation. */
const ESCALATION = {
  people: 1,
  roles: ['on-call engineer', 'team lead', 'architect', 'CTO'],
  each: 5 * MINUTE,
  otherwise: 'stop' as const,
};

/** A multi-region failover on this topology, step by step. */
export function failoverRunbook(drill: FailoverDrill, topology: Topology): Runbook {
  const { regions, database, kubernetes, traffic, service } = topology;
  const { writer, replica } = database;
  const door = doorOf(topology, drill.probe);
  const oldWriter = { region: regions.primary, instance: writer.identifier, name: database.name };
  const newWriter = { region: regions.recovery, instance: replica.identifier, name: database.name };
  const cluster = { region: regions.recovery, cluster: kubernetes.recovery.cluster, namespace: kubernetes.namespace };
  const nodeGroup = { region: regions.recovery, cluster: cluster.cluster, nodegroup: kubernetes.recovery.nodegroup };
  const metrics = { region: regions.recovery, ...service.metrics };
  const approval = drill.approval ?? ESCALATION;
  const fence = {
    region: regions.primary,
    instance: writer.identifier,
    database: database.name,
    quarantine: writer.quarantineSecurityGroup,
    securityGroups: writer.securityGroups,
  };
  const step = (kind: string, deadlineMs: number, params: object | ((facts: Facts) => object)) => ({
    kind,
    deadlineMs,
    params: (facts: Facts) => (typeof params === 'function' ? params(facts) : params),
  });

  const shift = shiftOf(topology);
  const steps: Runbook['steps'] = {
    baseline: step('probe.baseline', drill.baseline.lasts + 2 * MINUTE, {
      door,
      lastsMs: drill.baseline.lasts,
      lagMaxMs: drill.limits.replicationLag,
      ...lookedAt(drill.dataChecks),
      writer: oldWriter,
      replica: newWriter,
    }),
    'bring-about-failure': step('failure.bring-about', MINUTE, {
      ...degradedIn(drill.failure, topology),
      region: regions.primary,
      instance: writer.identifier,
      database: database.name,
    }),
    'detect-failure': step('probe.detect-failure', 10 * MINUTE, {
      everyMs: drill.detection.every,
      failures: drill.detection.failures,
      timeoutMs: drill.detection.timeout,
      door,
      primary: {
        region: regions.primary,
        address: traffic.primary.address,
        instance: writer.identifier,
        database: database.name,
      },
      services: servicesOf(topology),
      metric: metrics,
      errorRateMax: drill.decision.errorRate,
      withinMs: drill.detection.within,
    }),
    'validate-recovery': step('account.validate-recovery', MINUTE, {
      cluster,
      nodegroup: nodeGroup.nodegroup,
      replica: replica.identifier,
      deployments: kubernetes.deployments.map(({ name }) => name),
    }),
    'approve-failover': step('people.approve', approval.roles.length * approval.each + MINUTE, {
      question: `Fail over from ${regions.primary} to ${regions.recovery}?`,
      people: approval.people,
      roles: approval.roles,
      eachMs: approval.each,
      otherwise: approval.otherwise,
    }),
    'fence-writer': step('rds.fence-writer', 3 * MINUTE, fence),
    'promote-replica': step('rds.promote-replica', 10 * MINUTE, {
      region: regions.recovery,
      instance: replica.identifier,
      database: database.name,
      backupRetentionDays: retentionDaysOf(topology),
    }),
    'scale-nodes': step('eks.scale-node-group', 10 * MINUTE, {
      ...nodeGroup,
      size: kubernetes.recovery.failoverNodes,
    }),
    'scale-deployments': step('kubernetes.scale-deployments', 5 * MINUTE, {
      cluster,
      deployments: kubernetes.deployments.map(({ name, replicas }) => ({ name, replicas })),
    }),
    'point-applications': step('kubernetes.point-applications', 5 * MINUTE, (facts) => ({
      cluster,
      deployments: kubernetes.deployments.map(({ name }) => name),
      variable: kubernetes.writerVariable,
      address: resultOf(facts, 'promote-replica', { address: '<address of the new writer>' }).address,
    })),
    'shift-traffic': step(shift.kind, 5 * MINUTE, shift.params),
    'verify-service': step('probe.verify-service', drill.verification.lasts + 10 * MINUTE, {
      door,
      everyMs: drill.probe.every,
      lastsMs: drill.verification.lasts,
      errorRateMax: drill.verification.errorRate,
      p95MaxMs: drill.verification.p95,
      metrics,
      oldWriter,
      newWriter,
      fence,
      standing: {
        region: newWriter.region,
        writer: newWriter.instance,
        // What is seen to later is not missed now.
        multiAz: replica.multiAz && !drill.protection?.multiAz,
        follows: !(drill.protection?.replica && database.nextReplica),
        capacity: fullSizeOf('recovery', topology),
        alarms: topology.service.alarms,
      },
    }),
    'count-heartbeats': step('data.count-heartbeats', MINUTE, ({ startedAtMs }) => ({
      region: newWriter.region,
      instance: newWriter.instance,
      database: database.name,
      firstSequence: startedAtMs,
    })),
    'check-data': step('data.check-data', 5 * MINUTE, (facts) => ({
      region: newWriter.region,
      instance: newWriter.instance,
      database: database.name,
      expected: resultOf<Contents>(facts, 'baseline', { asOfMs: 0, counts: {}, checksums: {} }),
      tolerance: drill.dataChecks.rowCountTolerance,
      ...lookedAt(drill.dataChecks),
      checks: drill.dataChecks.checks,
    })),
  };

  if (drill.protection)
    steps['protect-writer'] = step('rds.protect-writer', 15 * MINUTE, {
      region: newWriter.region,
      instance: newWriter.instance,
      retentionDays: retentionDaysOf(topology),
      multiAz: drill.protection.multiAz,
    });
  if (drill.protection?.replica && database.nextReplica)
    steps['order-replica'] = step('rds.order-replica', 30 * MINUTE, nextReplicaOf(topology, newWriter, drill.drill));

  return {
    steps: {
      preflight: step('account.preflight-failover', 2 * MINUTE, () => ({
        account: topology.account,
        writer: describedIn(regions.primary, writer),
        replica: describedIn(regions.recovery, replica),
        retentionDays: retentionDaysOf(topology),
        lagMaxMs: drill.limits.replicationLag,
        nodeGroup: { ...nodeGroup, size: kubernetes.recovery.failoverNodes },
        traffic: trafficIn(topology),
        needed: neededBy(steps, drill, topology),
      })),
      ...steps,
    },
    watches: {
      customer: { kind: 'customer', params: () => ({ ...door, everyMs: drill.probe.every }) },
      zone: { kind: 'zone', params: () => ({ name: traffic.name, everyMs: drill.probe.every }) },
      heartbeat: {
        kind: 'heartbeat',
        params: ({ startedAtMs }) => ({
          region: oldWriter.region,
          instance: oldWriter.instance,
          database: database.name,
          everyMs: drill.heartbeat.every,
          firstSequence: startedAtMs,
        }),
      },
      'keep-fenced': { kind: 'keep-fenced', params: () => fence },
    },
  };
}

/** The step that sends all customers to the recovery region, by the lever that the topology names. */
function shiftOf(topology: Topology): { kind: string; params: object } {
  const { zone, name, primary, recovery, lever } = topology.traffic;
  const shifted = { name, address: recovery.address };
  switch (lever) {
    case 'health-check-inversion': {
      const healthCheck = primary.healthCheck ?? '';
      return { kind: 'route53.invert-health-check', params: { ...shifted, healthCheck, inverted: true } };
    }
    case 'weighted-records': {
      const weights = { [setIdentifierOf(primary)]: 0, [setIdentifierOf(recovery)]: 100 };
      return { kind: 'route53.weight-records', params: { ...shifted, zone, weights } };
    }
    case 'arc-routing-controls': {
      const { primary: off, recovery: on, endpoints } = routingControlsOf(topology.traffic);
      return {
        kind: 'arc.set-routing-controls',
        params: { ...shifted, on, off, endpoints: endpointsFrom(endpoints, topology.regions.recovery) },
      };
    }
    case 'global-accelerator-dials': {
      const { primary: from, recovery: to } = endpointGroupsOf(topology.traffic);
      const params = { name, region: topology.regions.recovery, dials: { [to]: 100, [from]: 0 } };
      return { kind: 'globalaccelerator.set-dials', params };
    }
    case 'failover-records':
      return {
        kind: 'route53.swap-failover-records',
        params: { ...shifted, zone, primary: setIdentifierOf(recovery) },
      };
  }
}

import type { FailoverDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { regionDoorOf } from '../components/route53/schema.ts';
import { degradedIn } from '../steps/failure/bring-about.ts';
import { doorOf, servicesOf } from '../steps/probe/door.ts';
import { fullSizeOf } from '../steps/probe/standing.ts';
import { nextReplicaOf } from '../steps/rds/order-replica.ts';
import { retentionDaysOf } from './described.ts';
import { type Runbook, stepOf } from './form.ts';
import { baselineStep, dataSteps, sidesOf, takeOverSteps, takeOverWatches } from './take-over.ts';

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
  const { oldWriter, newWriter, fence, cluster, nodeGroup } = sidesOf(topology);
  const metrics = { region: regions.recovery, ...service.metrics };
  const approval = drill.approval ?? ESCALATION;
  const steps: Runbook['steps'] = {
    baseline: baselineStep(drill, topology),
    'bring-about-failure': stepOf('failure.bring-about', MINUTE, {
      ...degradedIn(drill.failure, topology),
      region: regions.primary,
      instance: writer.identifier,
      database: database.name,
    }),
    'detect-failure': stepOf('probe.detect-failure', 10 * MINUTE, {
      everyMs: drill.detection.every,
      failures: drill.detection.failures,
      timeoutMs: drill.detection.timeout,
      door,
      primary: {
        region: regions.primary,
        door: regionDoorOf(traffic.primary),
        instance: writer.identifier,
        database: database.name,
      },
      services: servicesOf(topology),
      metric: metrics,
      errorRateMax: drill.decision.errorRate,
      withinMs: drill.detection.within,
    }),
    'validate-recovery': stepOf('account.validate-recovery', MINUTE, {
      cluster,
      nodegroup: nodeGroup.nodegroup,
      replica: replica.identifier,
      deployments: kubernetes.deployments.map(({ name }) => name),
    }),
    'approve-failover': stepOf('people.approve', approval.roles.length * approval.each + MINUTE, {
      question: `Fail over from ${regions.primary} to ${regions.recovery}?`,
      people: approval.people,
      roles: approval.roles,
      eachMs: approval.each,
      otherwise: approval.otherwise,
    }),
    ...takeOverSteps(topology, { takesWrites: true }),
    'verify-service': stepOf('probe.verify-service', drill.verification.lasts + 10 * MINUTE, {
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
    ...dataSteps(drill, () => newWriter),
  };

  if (drill.protection)
    steps['protect-writer'] = stepOf('rds.protect-writer', 15 * MINUTE, {
      region: newWriter.region,
      instance: newWriter.instance,
      retentionDays: retentionDaysOf(topology),
      multiAz: drill.protection.multiAz,
    });
  if (drill.protection?.replica && database.nextReplica)
    steps['order-replica'] = stepOf('rds.order-replica', 30 * MINUTE, nextReplicaOf(topology, newWriter, drill.drill));

  return {
    steps,
    watches: takeOverWatches(drill, topology),
  };
}

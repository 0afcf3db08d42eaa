import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { listOf } from '../../aws/pages.ts';
import type { Topology } from '../../drill/topology.ts';
import { type Finding, note, warning } from '../account/findings.ts';
import { accessNeed, cluster } from '../kubernetes/cluster.ts';
import type { Need } from '../needs.ts';
import { arnOf, instanceOf, modifyCommand } from '../rds/instance.ts';
import type { Permission, StepContext } from '../step.ts';

/** What a recovered platform must have to go on by itself. */
export const standingParams = z.object({
  region: z.string(),
  writer: z.string(),
  /** Whether it must run in two zones. */
  multiAz: z.boolean(),
  /** Whether a replica must follow it. */
  follows: z.boolean(),
  /** The cluster that serves, at its full size; not looked at where the drill moves no applications. */
  capacity: z
    .object({
      cluster,
      nodegroup: z.string(),
      nodes: z.int(),
      deployments: z.array(z.object({ name: z.string(), replicas: z.int() })),
    })
    .nullable(),
  alarms: z.array(z.string()),
});
export type Standing = z.output<typeof standingParams>;

/** How long pods that are being replaced and alarms that look back may take to come to rest. */
const PATIENCE_MS = 3 * 60_000;
const LOOK_EVERY_MS = 10_000;

/** The size that a region's cluster has while it serves. */
export function fullSizeOf(where: 'primary' | 'recovery', { regions, kubernetes }: Topology): Standing['capacity'] {
  const { primary, recovery, namespace, deployments } = kubernetes;
  const { cluster: name, nodegroup } = kubernetes[where];
  return {
    cluster: { region: regions[where], cluster: name, namespace },
    nodegroup,
    nodes: (where === 'recovery' ? recovery.failoverNodes : primary.nodes).desired,
    deployments: deployments.map(({ name: deployment, replicas }) => ({ name: deployment, replicas })),
  };
}

/** What a recovered platform is looked at by. */
export const standingNeeds = ({ region, writer, capacity, alarms }: Standing): Need[] => [
  { need: 'rds-instance', region, instance: writer, state: 'serving' },
  ...alarms.map((name): Need => ({ need: 'alarm', region, name, for: 'verification' })),
  ...(capacity
    ? ([
        { need: 'node-group', region, cluster: capacity.cluster.cluster, nodegroup: capacity.nodegroup },
        {
          need: 'deployments',
          cluster: capacity.cluster,
          deployments: capacity.deployments.map(({ name }) => name),
          warm: false,
        },
        accessNeed(capacity.cluster, ['get deployments.apps']),
        accessNeed({ ...capacity.cluster, namespace: '' }, ['list nodes']),
      ] satisfies Need[])
    : []),
];

export const standingCalls = ['rds:DescribeDBInstances', 'cloudwatch:DescribeAlarms'];

export const standingPermissions = ({ region, writer, alarms }: Standing, account: string): Permission[] => [
  { action: 'rds:DescribeDBInstances', resource: arnOf(region, account, writer) },
  ...alarms.map((name) => ({
    action: 'cloudwatch:DescribeAlarms',
    resource: regionalArn({ service: 'cloudwatch', region, account, resource: `alarm:${name}` }),
  })),
];

/** Checks capacity, alarms and backups; what else the new writer lacks is found, with how to mend it. */
export async function checkStanding(
  standing: Standing,
  told: (check: string, ok: boolean, detail: string) => void,
  context: StepContext,
): Promise<void> {
  const { capacity, alarms, region, writer } = standing;
  if (capacity) {
    const missing = await atRest(() => missingFrom(capacity, context), context);
    told('capacity', missing.length === 0, missing.join('; ') || 'nodes and pods are all ready');
  }
  if (alarms.length > 0) {
    const loud = await atRest(() => loudAmong(alarms, region, context), context);
    told('alarms-quiet', loud.length === 0, loud.join('; ') || `${alarms.join(', ')}: no alarm`);
  }
  const found = await instanceOf(context, region, writer);
  const days = found.BackupRetentionPeriod ?? 0;
  told('backups-enabled', days > 0, days > 0 ? `kept for ${days} days` : `${writer} is not backed up`);
  for (const finding of lacking(standing, found)) context.record({ type: 'finding', ...finding });
}

/** What is wrong, once nothing is or patience has run out. */
async function atRest(look: () => Promise<string[]>, { clock, signal }: StepContext): Promise<string[]> {
  const endMs = clock.nowMs() + PATIENCE_MS;
  for (;;) {
    const wrong = await look();
    if (wrong.length === 0 || clock.nowMs() >= endMs) return wrong;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function missingFrom(
  { cluster: where, nodegroup, nodes, deployments }: NonNullable<Standing['capacity']>,
  { kubernetes, signal }: StepContext,
): Promise<string[]> {
  const ready = (await kubernetes.nodes(where, nodegroup, signal)).filter((node) => node.ready).length;
  const pods = await Promise.all(deployments.map(({ name }) => kubernetes.deployment(where, name, signal)));
  return [
    ...(ready < nodes ? [`${ready} of ${nodes} nodes of ${nodegroup} are ready`] : []),
    ...deployments.flatMap(({ name, replicas }, index) => {
      const has = pods[index]?.ready ?? 0;
      return has < replicas ? [`${has} of ${replicas} pods of ${name} are ready`] : [];
    }),
  ];
}

async function loudAmong(names: string[], region: string, { aws }: StepContext): Promise<string[]> {
  const alarms = await listOf(aws, 'cloudwatch', region, 'DescribeAlarms', 'MetricAlarms', { AlarmNames: names });
  return names.flatMap((name) => {
    const alarm = alarms.find(({ AlarmName }) => AlarmName === name);
    if (!alarm) return [`there is no alarm ${name} in ${region}`];
    return alarm.StateValue === 'ALARM' ? [`${name} is in alarm`] : [];
  });
}

function lacking({ region, writer, multiAz, follows }: Standing, found: DBInstance): Finding[] {
  const { MultiAZ, PendingModifiedValues, ReadReplicaDBInstanceIdentifiers: replicas = [] } = found;
  const findings: Finding[] = [];
  if (multiAz && !MultiAZ && !PendingModifiedValues?.MultiAZ)
    findings.push(
      warning(
        writer,
        `the new writer ${writer} runs in one availability zone`,
        'The loss of one zone takes it away, where the topology counts on two.',
        modifyCommand({ region, identifier: writer }, '--multi-az'),
      ),
    );
  if (follows && replicas.length === 0)
    findings.push(
      note(
        writer,
        `nothing follows the new writer ${writer}`,
        'Until a replica does, the loss of its region loses what is written now.',
        'Run the drill failback, which makes one; or order one in a third region.',
      ),
    );
  return findings;
}

import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { isEmpty, type KafkaCluster } from '../../../ports/kafka.ts';
import { given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { brokersCommand } from './by-hand.ts';
import {
  arnOf,
  brokersOf,
  clusterNeed,
  clusterOn,
  FINDING,
  kafkaPermissions,
  type MskCluster,
  messagingOf,
  mskCluster,
  nameOf,
  TIMEOUT_MS,
} from './cluster.ts';
import { heartbeatsTopic, mirroredName, topicsIn } from './topics.ts';

const params = z.object({
  primary: mskCluster,
  recovery: mskCluster,
  groups: z.array(z.string()),
  topics: z.array(z.string()),
  heartbeats: z.string(),
  markers: z.object({ written: z.string(), mirrored: z.string() }),
  maxAgeMs: z.number(),
});
type Params = z.output<typeof params>;

const CALLS = ['kafka:DescribeClusterV2', ...FINDING];

/** Sees that the recovery region's cluster could take over: it is well, all topics are there, MirrorMaker goes on, and nobody consumes there yet. */
export const validateKafka = defineStep<Params, { primary: string; recovery: string }>({
  kind: 'kafka.validate',
  params,
  given: given(
    z.strictObject({
      maxAge: duration
        .default(60_000)
        .describe('The highest age of the newest heartbeat of MirrorMaker, if it writes heartbeats.'),
    }),
    ({ maxAge }, around) => {
      const messaging = messagingOf(around);
      const { mirror, markers, consumers } = messaging;
      return {
        primary: clusterOn('primary', around),
        recovery: clusterOn('recovery', around),
        groups: consumers.map(({ group }) => group),
        topics: [...new Set([...consumers.flatMap(({ topics }) => topicsIn('recovery', topics, messaging)), markers])],
        heartbeats: heartbeatsTopic(mirror),
        markers: { written: markers, mirrored: mirroredName(markers, mirror) },
        maxAgeMs: maxAge,
      };
    },
  ),
  needs: ({ primary, recovery, groups, topics, heartbeats, markers, maxAgeMs }) => [
    clusterNeed(primary, { topics: [markers.written], consumed: groups }),
    clusterNeed(recovery, { topics: [...topics, markers.mirrored], idle: groups }),
    { need: 'kafka-mirror', ...recovery, heartbeats, maxAgeMs },
  ],
  plane: 'data',
  title: ({ recovery }) => `Check that ${nameOf(recovery.cluster)} could take over`,
  region: ({ recovery }) => recovery.region,
  calls: CALLS,
  permissions: ({ primary, recovery, groups, topics, heartbeats, markers }, account) => [
    ...kafkaPermissions(CALLS, primary, account, { looksAt: groups }),
    ...kafkaPermissions(CALLS, recovery, account, {
      reads: [...new Set([...topics, heartbeats, markers.mirrored])],
      looksAt: groups,
    }),
  ],
  command: ({ recovery: { region, cluster } }) =>
    `aws kafka list-clusters-v2 --region ${region} --cluster-name-filter ${nameOf(cluster)} --query 'ClusterInfoList[].[ClusterName,State]' --output text`,
  byHand: {
    gives: ({ primary, recovery }, read) => ({
      primary: read.text('brokers of primary', brokersCommand(primary)),
      recovery: read.text('brokers of recovery', brokersCommand(recovery)),
    }),
  },
  doneWhen: () => 'The cluster is ACTIVE.',
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    for (const cluster of [target.primary, target.recovery]) await mustBeActive(cluster, context);
    const primary = await brokersOf(target.primary, context);
    const recovery = await brokersOf(target.recovery, context);
    await mustHaveTopics(recovery, target, context);
    for (const group of target.groups) {
      await mustBeConsumedBy(group, primary, context);
      await mustBeFree(group, recovery, context);
    }
    await mustBeMirrored(recovery, target, context);
    return { primary: primary.brokers.join(), recovery: recovery.brokers.join() };
  },
});

async function mustBeActive(target: MskCluster, context: StepContext): Promise<void> {
  const ClusterArn = await arnOf(target, context);
  const { ClusterInfo } = await context.aws.call('kafka', target.region, 'DescribeClusterV2', { ClusterArn });
  if (ClusterInfo?.State === 'ACTIVE') return;
  throw new DrillError(
    'cluster-not-ready',
    `${nameOf(target.cluster)} in ${target.region} is ${ClusterInfo?.State ?? 'not there'}, not ACTIVE.`,
    {
      hint: `Wait until MSK has done with it, or see its StateInfo: aws kafka describe-cluster-v2 --region ${target.region} --cluster-arn ${ClusterArn}`,
    },
  );
}

async function mustHaveTopics(at: KafkaCluster, { topics, markers }: Params, { kafka, signal }: StepContext) {
  const wanted = [...new Set([...topics, markers.mirrored])];
  const ends = await kafka.ends(at, wanted, { timeoutMs: TIMEOUT_MS, signal });
  const missing = wanted.filter((topic) => !ends.some((one) => one.topic === topic));
  if (missing.length === 0) return;
  throw new DrillError('topics-missing', `${at.name} has no ${missing.join(', ')}.`, {
    hint: "Mirrored topics come from MirrorMaker: see its 'topics' and its policy against the mirror in the topology. The others have to be made before anybody can produce there.",
  });
}

async function mustBeConsumedBy(group: string, at: KafkaCluster, { kafka, signal }: StepContext): Promise<void> {
  const found = await kafka.group(at, group, { timeoutMs: TIMEOUT_MS, signal });
  if (!isEmpty(found)) return;
  throw new DrillError('nobody-consumes', `No consumer is in the group ${group} on ${at.name}: it is ${found.state}.`, {
    hint: 'Check the consumers in the topology: the group that the deployment consumes with.',
  });
}

async function mustBeFree(group: string, at: KafkaCluster, { kafka, signal }: StepContext): Promise<void> {
  const found = await kafka.group(at, group, { timeoutMs: TIMEOUT_MS, signal });
  if (isEmpty(found)) return;
  throw new DrillError('consumed-twice', `Somebody is in the group ${group} on ${at.name}: it is ${found.state}.`, {
    hint: 'While consumers run in both regions, each record is worked on twice, and no offset can be set.',
  });
}

/** MirrorMaker may be set to write no heartbeats: then the marker records have to tell. */
async function mustBeMirrored(at: KafkaCluster, { heartbeats, maxAgeMs }: Params, context: StepContext): Promise<void> {
  const { kafka, clock, record, signal } = context;
  const limit = { timeoutMs: TIMEOUT_MS, signal };
  if ((await kafka.ends(at, [heartbeats], limit)).length === 0) {
    record({
      type: 'finding',
      severity: 'note',
      subject: at.name,
      what: `there is no topic ${heartbeats}`,
      why: 'only the marker records can show whether MirrorMaker works',
      fix: 'have MirrorMaker write heartbeats (emit.heartbeats.enabled)',
    });
    return;
  }
  const recent = await kafka.records(at, heartbeats, { ...limit, sinceMs: clock.nowMs() - maxAgeMs });
  const ageMs = clock.nowMs() - Math.max(...recent.map(({ atMs }) => atMs));
  if (recent.length > 0) {
    record({ type: 'lag', instance: at.name, lagMs: Math.max(0, ageMs), source: 'heartbeat' });
    return;
  }
  throw new DrillError(
    'mirror-stands-still',
    `MirrorMaker has mirrored no heartbeat to ${at.name} for ${inWords(maxAgeMs)}.`,
    { hint: 'See whether its connectors run: what it has not mirrored is lost with the primary region.' },
  );
}

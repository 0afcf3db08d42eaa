import { inWords } from '../../duration.ts';
import { isEmpty, type KafkaCluster } from '../../ports/kafka.ts';
import { blocker, type Finding, note } from '../../steps/account/findings.ts';
import {
  answered,
  fact,
  type Look,
  type LookContext,
  type LookFor,
  type Row,
  together,
  UNSAID,
} from '../../steps/account/look.ts';
import type { NeedOf } from '../../steps/needs.ts';
import { arnOf, brokersOf, kafkaPermissions, nameOf, TIMEOUT_MS } from './steps/cluster.ts';

type ClusterNeed = NeedOf<'kafka-cluster'>;

const FINDING = ['kafka:ListClustersV2', 'kafka:GetBootstrapBrokers'];
const READS = ['kafka:DescribeClusterV2', ...FINDING];

/** An MSK cluster: that it is ACTIVE, can be logged in to, has the topics, and that the groups are consumed or idle. */
export const kafkaClusterLook: LookFor<'kafka-cluster'> = {
  calls: () => READS,
  permissions: (need, account) =>
    kafkaPermissions(READS, need, account, { reads: need.topics, looksAt: [...need.consumed, ...need.idle] }),
  subject: ({ cluster }) => nameOf(cluster),
  async look(need, context) {
    const state = await stateOf(need, context);
    const name = nameOf(need.cluster);
    const row = { what: `${name} in ${need.region} state`, topology: 'ACTIVE', account: state };
    if (state !== 'ACTIVE') {
      const fix = `See it: aws kafka list-clusters-v2 --region ${need.region} --cluster-name-filter ${name}`;
      const why = 'A drill begins with a healthy system, and this cluster could not take over.';
      return { rows: [row], findings: [blocker(name, `${name} in ${need.region} is ${state}`, why, fix)] };
    }
    const at = await brokersOf(need, context);
    const looks = [await topicsLook(need, at, context), await groupsLook(need, at, context)];
    return together([fact(row), ...looks]);
  },
};

async function stateOf(need: ClusterNeed, context: LookContext): Promise<string> {
  const ClusterArn = await arnOf(need, context);
  const { ClusterInfo } = await context.aws.call('kafka', need.region, 'DescribeClusterV2', { ClusterArn });
  return ClusterInfo?.State ?? 'not there';
}

async function topicsLook({ topics }: ClusterNeed, at: KafkaCluster, context: LookContext): Promise<Look> {
  const { kafka, signal } = context;
  if (topics.length === 0) return { rows: [], findings: [] };
  const ends = await answered(() => kafka.ends(at, topics, { timeoutMs: TIMEOUT_MS, signal }), context);
  const missing = topics.filter((topic) => !ends.some((one) => one.topic === topic));
  const row = {
    what: `${at.name} topics`,
    topology: String(topics.length),
    account: missing.length === 0 ? String(topics.length) : `without ${missing.join(', ')}`,
  };
  if (missing.length === 0) return { rows: [row], findings: [] };
  const why = 'The drill reads or writes them, and so do the consumers.';
  const fix =
    "Mirrored topics come from MirrorMaker: compare its 'topics' and its policy with 'mirror' of the kafka component. Create the others: kafka-topics.sh --create";
  return { rows: [row], findings: [blocker(at.name, `${at.name} has no topic ${missing.join(', ')}`, why, fix)] };
}

async function groupsLook({ consumed, idle }: ClusterNeed, at: KafkaCluster, context: LookContext): Promise<Look> {
  const { kafka, signal } = context;
  const looks: Look[] = [];
  for (const group of [...new Set([...consumed, ...idle])]) {
    const found = await answered(() => kafka.group(at, group, { timeoutMs: TIMEOUT_MS, signal }), context);
    const wanted = consumed.includes(group) ? 'with members' : 'without members';
    const findings: Finding[] = [];
    looks.push(fact({ what: `${group} on ${at.name}`, topology: wanted, account: found.state }, findings));
    if (consumed.includes(group) && isEmpty(found)) {
      const what = `no consumer is in the group ${group} on ${at.name}: it is ${found.state}`;
      const why = 'The drill has it consume, and proves that it does.';
      const fix =
        "Check 'consumers' of the kafka component in the topology: the group that the deployment consumes with.";
      findings.push(blocker(group, what, why, fix));
    }
    if (idle.includes(group) && !isEmpty(found)) {
      const what = `the group ${group} on ${at.name} has other members: it is ${found.state}`;
      const why = 'While consumers run in both regions, each record is worked on twice, and no offset can be set.';
      findings.push(blocker(group, what, why, 'Stop them before the drill.'));
    }
  }
  return together(looks);
}

/** MirrorMaker: how old its newest heartbeat is, where it writes any. */
export const kafkaMirrorLook: LookFor<'kafka-mirror'> = {
  calls: () => FINDING,
  permissions: (need, account) => kafkaPermissions(FINDING, need, account, { reads: [need.heartbeats] }),
  subject: () => 'MirrorMaker',
  async look(need, context) {
    const { heartbeats, maxAgeMs } = need;
    const { kafka, clock, signal } = context;
    const at = await brokersOf(need, context);
    const limit = { timeoutMs: TIMEOUT_MS, signal };
    const row = (account: string): Row => ({
      what: `newest MirrorMaker heartbeat on ${at.name}`,
      topology: `at most ${inWords(maxAgeMs)} old`,
      account,
    });
    if ((await answered(() => kafka.ends(at, [heartbeats], limit), context)).length === 0) {
      const why = 'Only the marker records can show whether MirrorMaker works.';
      const fix = 'Have MirrorMaker write heartbeats (emit.heartbeats.enabled).';
      return { rows: [row(UNSAID)], findings: [note(at.name, `there is no topic ${heartbeats}`, why, fix)] };
    }
    const recent = await answered(
      () => kafka.records(at, heartbeats, { ...limit, sinceMs: clock.nowMs() - maxAgeMs }),
      context,
    );
    if (recent.length > 0) {
      const ageMs = Math.max(0, clock.nowMs() - Math.max(...recent.map(({ atMs }) => atMs)));
      return { rows: [row(inWords(ageMs))], findings: [] };
    }
    const what = `MirrorMaker has mirrored no heartbeat to ${at.name} for ${inWords(maxAgeMs)}`;
    const why = 'What it has not mirrored is lost with the primary region.';
    return { rows: [row('none')], findings: [blocker(at.name, what, why, 'See whether its connectors run.')] };
  },
};

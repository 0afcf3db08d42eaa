import { surpriseOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { deploymentsLook } from '../steps/account/deployments.ts';
import { blocker } from '../steps/account/findings.ts';
import { type Look, type LookContext, looked, together } from '../steps/account/look.ts';
import { lookForCustom, preflightCustom } from '../steps/account/preflight-custom.ts';
import { lookForFailover, preflightFailover } from '../steps/account/preflight-failover.ts';
import { lookForPartition, preflightPartition } from '../steps/account/preflight-partition.ts';
import { lookForRestore, preflightRestore } from '../steps/account/preflight-restore.ts';
import type { StepContext } from '../steps/step.ts';
import { commanderTopic } from './commander.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { runbookFor } from './runbook.ts';

/**
 * Everything that the drill's own preflight would find, and what its validation would find of the deployments. Changes nothing.
 * Rejects with a DrillError where the account is another one than the topology's.
 */
export async function lookForDrill(
  drill: Drill,
  topology: Topology,
  context: LookContext & Pick<StepContext, 'kubernetes'>,
): Promise<Look> {
  const surprise = surpriseOf(drill);
  if (surprise) {
    const looks: Look[] = [];
    for (const one of surprise.of) looks.push(await lookForDrill(one, topology, context));
    return once(together([...looks, await looked('incident commander', () => commanderLook(topology, context))]));
  }
  const params = runbookFor(drill, topology).steps.preflight?.params(factsBeforeRun);
  if (drill.machine === 'custom') return lookForCustom(preflightCustom.params.parse(params), context);
  if (drill.machine === 'backup-restore') return lookForRestore(preflightRestore.params.parse(params), context);
  const account =
    drill.machine === 'network-partition'
      ? lookForPartition(preflightPartition.params.parse(params), context)
      : lookForFailover(preflightFailover.params.parse(params), context);
  const { kubernetes, regions } = topology;
  const { namespace, recovery, deployments } = kubernetes;
  const cluster = { region: regions.recovery, cluster: recovery.cluster, namespace };
  return together([
    await account,
    await looked('deployments', () =>
      deploymentsLook({ cluster, deployments: deployments.map(({ name }) => name) }, context),
    ),
  ]);
}

/** Several drills look at the same things. */
const once = ({ rows, findings, ...look }: Look): Look => ({
  ...look,
  rows: unlike(rows),
  findings: unlike(findings),
});

const unlike = <T>(all: readonly T[]): T[] => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];

/** Who would hear of what was drawn. */
async function commanderLook(topology: Topology, { aws }: LookContext): Promise<Look> {
  const { region, arn, topic, endpoints } = commanderTopic(topology);
  const { Attributes = {} } = await aws.call('sns', region, 'GetTopicAttributes', { TopicArn: arn });
  const confirmed = Number(Attributes.SubscriptionsConfirmed ?? 0);
  const row = { what: `${topic}: confirmed subscriptions`, topology: String(endpoints), account: String(confirmed) };
  if (confirmed === endpoints) return { rows: [row], findings: [] };
  const command = `aws sns list-subscriptions-by-topic --region ${region} --topic-arn ${arn}`;
  const why =
    confirmed < endpoints ? 'The incident commander would not hear of it.' : 'Others would hear of what was drawn.';
  return { rows: [row], findings: [blocker(topic, `${topic} has ${confirmed} confirmed subscriptions`, why, command)] };
}

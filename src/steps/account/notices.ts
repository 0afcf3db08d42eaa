import { errorFacts } from '../../errors.ts';
import type { NeedOf } from '../needs.ts';
import { blocker, type Finding, warning } from './findings.ts';
import { type LookContext, type LookFor, NOT_TOLD } from './look.ts';

/** A topic that so many people read, and nobody else. */
export const topicLook: LookFor<'sns-topic'> = {
  calls: () => ['sns:GetTopicAttributes'],
  permissions: ({ arn }) => [{ action: 'sns:GetTopicAttributes', resource: arn }],
  subject: ({ topic }) => topic,
  async look({ region, arn, topic, subscriptions }, { aws }) {
    const { Attributes = {} } = await aws.call('sns', region, 'GetTopicAttributes', { TopicArn: arn });
    const confirmed = Number(Attributes.SubscriptionsConfirmed ?? 0);
    const row = {
      what: `${topic}: confirmed subscriptions`,
      topology: String(subscriptions),
      account: String(confirmed),
    };
    if (confirmed === subscriptions) return { rows: [row], findings: [] };
    const fix = `aws sns list-subscriptions-by-topic --region ${region} --topic-arn ${arn}`;
    const why =
      confirmed < subscriptions
        ? 'The incident commander would not be told.'
        : 'Others would learn which drill was drawn.';
    return { rows: [row], findings: [blocker(topic, `${topic} has ${confirmed} confirmed subscriptions`, why, fix)] };
  },
};

/** How long SNS is asked again: no drill waits for a channel. */
const TOPIC_WITHIN_MS = 10_000;

/** A channel that reports the progress of a run. Nothing is sent, and any problem is only a warning. */
export const channelLook: LookFor<'notice-channel'> = {
  calls: ({ topic }) => (topic ? ['sns:GetTopicAttributes'] : []),
  permissions: ({ topic, secrets }) => [
    ...(topic ? [{ action: 'sns:GetTopicAttributes', resource: topic.arn }] : []),
    ...secrets.map((resource) => ({ action: 'secretsmanager:GetSecretValue', resource })),
  ],
  subject: ({ channel }) => channel,
  async look({ channel, over, topic }, context) {
    const { channels, readsOnly, signal } = context;
    // A run that only reads sends nothing.
    if (readsOnly || !(topic || channels)) return { rows: [], findings: [] };
    const row = (account: string) => ({ what: `channel ${channel}`, topology: over, account });
    try {
      const findings = topic ? await topicFindings(channel, topic, context) : [];
      if (!topic) await channels?.reach(channel, signal);
      return { rows: [row(topic ? 'there' : 'reached')], findings };
    } catch (error) {
      signal.throwIfAborted();
      const { message, hint } = errorFacts(error);
      const fix = hint ?? 'Correct the channel under notices in the topology, or the secret that it names.';
      const what = `the channel ${channel} does not work: ${message}`;
      return { rows: [row(topic ? 'not seen' : 'not reached')], findings: [warning(channel, what, NOT_TOLD, fix)] };
    }
  },
};

type Topic = NonNullable<NeedOf<'notice-channel'>['topic']>;

async function topicFindings(channel: string, { region, arn }: Topic, { aws }: LookContext): Promise<Finding[]> {
  const options = { withinMs: TOPIC_WITHIN_MS };
  const { Attributes = {} } = await aws.call('sns', region, 'GetTopicAttributes', { TopicArn: arn }, options);
  const see = `aws sns get-topic-attributes --region ${region} --topic-arn ${arn}`;
  const found = (what: string, fix: string) => warning(channel, `the channel ${channel}: ${what}`, NOT_TOLD, fix);
  return [
    ...(Attributes.FifoTopic === 'true'
      ? [found('its topic is FIFO, and takes no message without a group', 'Name a standard topic in the topology.')]
      : []),
    ...(Attributes.SubscriptionsConfirmed === '0'
      ? [
          found(
            'no subscription to its topic is confirmed',
            `Subscribe to it, and confirm: aws sns list-subscriptions-by-topic --region ${region} --topic-arn ${arn}`,
          ),
        ]
      : []),
    ...(deniesPublishing(Attributes.Policy)
      ? [found("its topic's own policy denies sns:Publish to everybody", `Correct the policy of the topic: ${see}`)]
      : []),
  ];
}

/** Only what holds for everyone and without a condition can be seen in a topic's policy beforehand. */
function deniesPublishing(policy = '{}'): boolean {
  const { Statement = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return [Statement]
    .flat()
    .some(
      ({ Effect, Action = [], Principal, Condition }) =>
        Effect === 'Deny' &&
        Condition === undefined &&
        [Action].flat().some((one) => ['sns:publish', 'sns:*', '*'].includes(one.toLowerCase())) &&
        (Principal === '*' || [Principal?.AWS ?? []].flat().includes('*')),
    );
}

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Principal?: '*' | { AWS?: string | string[] };
  Condition?: object;
}

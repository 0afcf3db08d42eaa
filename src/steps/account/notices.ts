import { blocker } from './findings.ts';
import type { LookFor } from './look.ts';

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
    const mend = `aws sns list-subscriptions-by-topic --region ${region} --topic-arn ${arn}`;
    const why =
      confirmed < subscriptions
        ? 'The incident commander would not hear of it.'
        : 'Others would hear of what was drawn.';
    return { rows: [row], findings: [blocker(topic, `${topic} has ${confirmed} confirmed subscriptions`, why, mend)] };
  },
};

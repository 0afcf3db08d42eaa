import { regionalArn } from '../arn.ts';
import { toldBy } from '../aws/told.ts';
import { errorFacts } from '../errors.ts';
import { NotDelivered } from '../ports/notices.ts';
import type { Sending } from './notice-sending.ts';

/** Publishes a notice. What SNS made of it where it did not answer is not known: it has no way to tell a repetition. */
export async function publish({ channel, message, topology, aws }: Sending<'sns'>): Promise<undefined> {
  const { account, regions } = topology;
  const region = regions[channel.region];
  const TopicArn = regionalArn({ service: 'sns', region, account, resource: channel.topic });
  const api = await aws();
  try {
    await api.call('sns', region, 'Publish', { TopicArn, ...message });
    return undefined;
  } catch (cause) {
    const told = toldBy(cause);
    if (told === 'unanswered') throw cause;
    const { name, message: why } = errorFacts(cause);
    const passes = told === 'throttled' || told === 'not-sent' || told === 'session';
    throw new NotDelivered(`SNS did not take it: ${name}: ${why}`, { passes, cause });
  }
}

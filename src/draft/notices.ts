import { nameIn } from '../arn.ts';
import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { notKnown, without } from '../components/discovery.ts';

/** The topic of the recovery region over which people are told; nothing where there is none. */
export async function noticesIn(aws: Aws, recovery: string): Promise<object | undefined> {
  const topics = await listOf(aws, 'sns', recovery, 'ListTopics', 'Topics', {});
  const names = topics.flatMap(({ TopicArn }) => (TopicArn === undefined ? [] : [nameIn(TopicArn)]));
  const [name, ...others] = names;
  if (name === undefined) return undefined;
  const topic =
    others.length === 0 ? name : notKnown(`which topic tells people of a drill; ${without('there are', names)}`);
  return { topic, region: 'recovery' };
}

import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { hash32 } from './distributions.ts';
import { awsError } from './faults.ts';
import type { Topic } from './state.ts';
import type { World } from './world.ts';

const MESSAGE_MAX_BYTES = 256 * 1024;

/** The topics of the topology, with their subscribers. */
export function newTopics({ regions, notices }: Topology, { surprise }: Simulation): Topic[] {
  if (!notices) return [];
  const { region, commander, channels = {} } = notices;
  const topic = (name: string, home: keyof typeof regions, confirmed: number): Topic => ({
    name,
    region: regions[home],
    confirmed,
    pending: 0,
    published: [],
  });
  return [
    ...(commander ? [topic(commander.topic, region, surprise.subscribers)] : []),
    ...Object.values(channels).flatMap((one) => (one.kind === 'sns' ? [topic(one.topic, one.region, 1)] : [])),
  ];
}

/** SNS as its API answers. */
export const sns = {
  ListTopics(world: World, region: string) {
    return {
      Topics: world.topics.filter((one) => one.region === region).map((one) => ({ TopicArn: arnOf(world, one) })),
    };
  },

  GetTopicAttributes(world: World, region: string, { TopicArn }: Input<'sns', 'GetTopicAttributes'>) {
    const topic = topicIn(world, region, TopicArn);
    const arn = arnOf(world, topic);
    const Statement = [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['SNS:Publish', 'SNS:Subscribe', 'SNS:GetTopicAttributes'],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': world.topology.account } },
      },
    ];
    return {
      Attributes: {
        TopicArn: arn,
        Owner: world.topology.account,
        DisplayName: '',
        Policy: JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement }),
        SubscriptionsConfirmed: String(topic.confirmed),
        SubscriptionsPending: String(topic.pending),
        SubscriptionsDeleted: '0',
      },
    };
  },

  Publish(world: World, region: string, input: Input<'sns', 'Publish'>) {
    const topic = topicIn(world, region, input.TopicArn ?? input.TargetArn);
    const { Message = '', Subject, MessageStructure } = input;
    if (Message === '') throw invalid('Empty message');
    if (Buffer.byteLength(Message) > MESSAGE_MAX_BYTES) throw invalid('Message too long');
    if (Subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(Subject)) throw invalid('Subject');
    if (MessageStructure === 'json' && !hasDefault(Message)) {
      throw invalid('Message Structure - No default entry in JSON message body');
    }
    topic.published.push({ atMs: world.clock.nowMs(), subject: Subject ?? null, message: Message });
    return { MessageId: messageId(`${arnOf(world, topic)}#${topic.published.length}`) };
  },
};

const arnOf = ({ topology }: World, { name, region }: Topic): string =>
  regionalArn({ service: 'sns', region, account: topology.account, resource: name });

function topicIn(world: World, region: string, arn: string | undefined): Topic {
  const [, , service, home, account, name, more] = (arn ?? '').split(':');
  if (service !== 'sns' || !name || more !== undefined || home !== region) throw invalid('TopicArn');
  const topic = world.topics.find((one) => one.region === region && one.name === name);
  if (topic && account === world.topology.account) return topic;
  throw awsError('NotFoundException', 'Topic does not exist', 404);
}

const invalid = (what: string) => awsError('InvalidParameterException', `Invalid parameter: ${what}`);

function hasDefault(message: string): boolean {
  try {
    return typeof (JSON.parse(message) as { default?: unknown }).default === 'string';
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
}

function messageId(key: string): string {
  const word = (part: number) => hash32(`${key}.${part}`).toString(16).padStart(8, '0');
  return `${word(1)}-${word(2).slice(4)}-5${word(2).slice(1, 4)}-a${word(3).slice(5)}-${word(4)}${word(5).slice(4)}`;
}

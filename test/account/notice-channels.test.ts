import { expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { inLines, lookedAt, type Prepared } from './prepared.ts';

const TOPIC = 'arn:aws:sns:ap-northeast-1:111122223333:drill-notices';
const SNS = ['topology.notices.channels={ topic: { kind: sns, topic: drill-notices } }'];
const HOOK = [
  'topology.notices.channels={ program: { kind: webhook, url: https://hooks.example.org/drills, secret: { from: environment, variable: HOOK } } }',
];

/** What a preflight says of channels, and nothing else. */
async function ofChannels(prepared: Prepared): Promise<string[]> {
  const healthy = inLines(await lookedAt({}));
  return inLines(await lookedAt(prepared)).filter((line) => !healthy.includes(line));
}

/** SNS's answer about the topic with other attributes. */
const answering = (attributes: object) => ({
  GetTopicAttributes: (answer: { Attributes?: object }) => Object.assign(answer.Attributes ?? {}, attributes),
});

test('a topic with a reader, which the drill may publish to, is as it should be, and nothing is published', async () => {
  const look = await lookedAt({ overrides: SNS });
  expect(look.rows).toContainEqual({ what: 'channel topic', topology: 'sns', account: 'there' });
  expect(await ofChannels({ overrides: SNS })).toEqual([]);
  expect(look.asked.flatMap(({ service, operation }) => (service === 'sns' ? [operation] : []))).toEqual([
    'GetTopicAttributes',
  ]);
});

const statement = (change: object) => ({
  Policy: JSON.stringify({
    Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'SNS:Publish', Resource: TOPIC, ...change }],
  }),
});

test.each<[string, Omit<Prepared, 'overrides'>, string]>([
  [
    'that is not there',
    { change: ({ topics }: State) => void topics.splice(0) },
    'warning: the channel topic does not work: Topic does not exist',
  ],
  [
    'that nobody reads',
    { answers: answering({ SubscriptionsConfirmed: '0' }) },
    'warning: the channel topic: no subscription to its topic is confirmed',
  ],
  [
    'that is FIFO',
    { answers: answering({ FifoTopic: 'true' }) },
    'warning: the channel topic: its topic is FIFO, and takes no message without a group',
  ],
  [
    'whose policy denies it to everybody',
    { answers: answering(statement({})) },
    "warning: the channel topic: its topic's own policy denies sns:Publish to everybody",
  ],
  [
    'that the drill may not publish to',
    { change: ({ denied }: State) => void denied.push('sns:Publish') },
    `warning: sns:Publish on ${TOPIC} is not allowed to arn:aws:iam::111122223333:role/dr-drill`,
  ],
])('a topic %s is a warning, and stops nothing', async (_, prepared, line) => {
  expect(await ofChannels({ overrides: SNS, ...prepared })).toEqual([line]);
});

test.each([
  ['under a condition', { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }],
  ['to another account', { Principal: { AWS: '444455556666' } }],
  ['of something else', { Action: 'SNS:Subscribe' }],
])("a denial in the topic's policy %s may not be about the drill, and is not told", async (_, change) => {
  expect(await ofChannels({ overrides: SNS, answers: answering(statement(change)) })).toEqual([]);
});

test('a service that cannot be reached is a warning with the reason, and why it matters', async () => {
  const ports = () => ({
    channels: { reach: () => Promise.reject(new Error('hooks.example.org cannot be reached: no route.')) },
  });
  const { findings, rows } = await lookedAt({ overrides: HOOK, ports });
  expect(findings).toContainEqual({
    severity: 'warning',
    subject: 'program',
    what: 'the channel program does not work: hooks.example.org cannot be reached: no route.',
    why: 'People would get no messages about the drill through it. The drill itself continues.',
    fix: 'Correct the channel under notices in the topology, or the secret that it names.',
  });
  expect(rows).toContainEqual({
    what: 'channel program',
    topology: 'webhook',
    account: 'not reached',
    led: findings.filter(({ subject }) => subject.includes('program')),
  });
});

test('a dry run reaches for no service', async () => {
  const { findings, rows } = await lookedAt({ overrides: HOOK });
  expect([...rows.map(({ what }) => what), ...findings.map(({ subject }) => subject)].join()).not.toContain('program');
});

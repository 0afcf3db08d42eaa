import { expect, test } from 'vitest';
import { inWorld, PRIMARY, RECOVERY, refusalOf, TOPIC } from './world.ts';

const TopicArn = `arn:aws:sns:${RECOVERY}:111122223333:${TOPIC}`;

test('a notice goes to the topic in its region, and somebody has confirmed to get it', () =>
  inWorld({}, async (lab) => {
    expect(await lab.call('sns', RECOVERY, 'ListTopics', {})).toMatchObject({ Topics: [{ TopicArn }] });
    expect((await lab.call('sns', PRIMARY, 'ListTopics', {})).Topics).toEqual([]);
    const { Attributes } = await lab.call('sns', RECOVERY, 'GetTopicAttributes', { TopicArn });
    expect(Number(Attributes?.SubscriptionsConfirmed)).toBeGreaterThan(0);
    const notice = { TopicArn, Subject: 'A drill begins', Message: '台北 is lost' };
    const first = await lab.call('sns', RECOVERY, 'Publish', notice);
    const second = await lab.call('sns', RECOVERY, 'Publish', notice);
    expect(first.MessageId).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);
    expect(second.MessageId).not.toBe(first.MessageId);
    const published = lab.state().topics[0]?.published;
    expect(published?.map(({ subject, message }) => [subject, message])).toEqual([
      ['A drill begins', '台北 is lost'],
      ['A drill begins', '台北 is lost'],
    ]);
  }));

test.each<[why: string, input: object, refusal: string]>([
  ['to a topic that is not there', { TopicArn: `${TopicArn}-old` }, 'NotFoundException'],
  ['to a topic of another region', { TopicArn: TopicArn.replace(RECOVERY, PRIMARY) }, 'InvalidParameterException'],
  ['to nobody', { TopicArn: undefined }, 'InvalidParameterException'],
  ['without a word', { Message: '' }, 'InvalidParameterException'],
  ['that is too long', { Message: 'x'.repeat(262_145) }, 'InvalidParameterException'],
  ['with a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameterException'],
  [
    'by protocol without a default',
    { Message: '{"email":"x"}', MessageStructure: 'json' },
    'InvalidParameterException',
  ],
])('a notice %s is refused', (_, input, refusal) =>
  inWorld({}, async (lab) => {
    const published = lab.call('sns', RECOVERY, 'Publish', { TopicArn, Message: 'x', ...input });
    expect(await refusalOf(published)).toBe(refusal);
    expect(lab.state().topics[0]?.published).toEqual([]);
  }),
);

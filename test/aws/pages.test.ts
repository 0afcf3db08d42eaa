import { expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { listOf, paged } from '../../src/aws/pages.ts';
import { catalogue } from '../../src/server/catalogue.ts';
import { inWorld } from '../simulator/world.ts';

/** What asks for the next page, by what the answer calls it; read off the SDK's own shapes. */
function handedOn(asked: string[], told: string[]): Record<string, string> {
  const pairs = told.flatMap((given): [string, string][] => {
    const rest = given.replace(/^Next/, '');
    const name = [`Start${rest}`, ...(rest === given ? [] : [rest]), given].find((one) => asked.includes(one));
    return /^next/i.test(given) && name ? [[name, given]] : [];
  });
  // What DynamoDB looked at last is where it goes on.
  const last = told.find((given) => given.startsWith('LastEvaluated'));
  if (last) return { [last.replace('LastEvaluated', 'ExclusiveStart')]: last };
  if (pairs.length > 0) return Object.fromEntries(pairs);
  const same = ['Marker', 'ContinuationToken'].find((name) => asked.includes(name) && told.includes(name));
  return same === undefined ? {} : { [same]: same };
}

test('the table of lists holds every operation whose shapes have pages, with what hands them on', async () => {
  const found: Record<string, Record<string, string>> = {};
  for (const { service, operations } of (await catalogue()).values()) {
    for (const { name, input, output } of operations.values()) {
      const members = handedOn(Object.keys(input.getMemberSchemas()), Object.keys(output.getMemberSchemas()));
      if (Object.keys(members).length > 0) found[`${service}:${name}`] = members;
    }
  }
  expect(paged).toEqual(found);
});

const answering = (...pages: object[]): Aws => ({
  call: async () => (pages.length > 1 ? pages.shift() : pages[0]) as never,
});
const topics = (aws: Aws) => listOf(aws, 'sns', 'eu-west-1', 'ListTopics', 'Topics', {});

test('a list is read to its last page, also where a page on the way is empty', async () => {
  const aws = answering(
    { Topics: [{ TopicArn: 'one' }], NextToken: 'a' },
    { Topics: [], NextToken: 'b' },
    { NextToken: 'c' },
    { Topics: [{ TopicArn: 'two' }] },
  );
  expect(await topics(aws)).toEqual([{ TopicArn: 'one' }, { TopicArn: 'two' }]);
});

test('a list that never ends is told in words', async () => {
  await expect(topics(answering({ Topics: [], NextToken: 'again' }))).rejects.toMatchObject({
    code: 'list-endless',
    message: 'The list that sns ListTopics gives in eu-west-1 never ends: a page names itself as its next.',
  });
});

test('a list that goes on, nobody knows where, is told in words', async () => {
  const zones = listOf(answering({ IsTruncated: true }), 'route53', 'us-east-1', 'ListHostedZones', 'HostedZones', {});
  await expect(zones).rejects.toMatchObject({ code: 'list-cut' });
});

test('the simulated account gives as much of a list as AWS does at once, or as was asked for', () =>
  inWorld({ simulation: { neighbours: 150 } }, async ({ call }) => {
    const first = await call('rds', 'ap-east-2', 'DescribeDBInstances', {});
    expect([first.DBInstances?.length, typeof first.Marker]).toEqual([100, 'string']);
    const second = await call('rds', 'ap-east-2', 'DescribeDBInstances', { Marker: first.Marker });
    expect([second.DBInstances?.length, second.Marker]).toEqual([52, undefined]);
    const some = await call('rds', 'ap-east-2', 'DescribeDBInstances', { MaxRecords: 20 });
    expect(some.DBInstances?.length).toBe(20);
    await expect(call('rds', 'ap-east-2', 'DescribeDBInstances', { MaxRecords: 5 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(call('sns', 'ap-east-2', 'ListTopics', { NextToken: 'made up' })).rejects.toThrow();
    const zones = await call('route53', 'us-east-1', 'ListHostedZones', { MaxItems: 10 });
    expect([zones.HostedZones?.length, zones.IsTruncated]).toEqual([10, true]);
  }));

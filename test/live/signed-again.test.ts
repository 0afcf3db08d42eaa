import { describe, expect, test, vi } from 'vitest';
import type { Service } from '../../src/aws/aws.ts';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { succeedsSignedAgain } from '../../src/aws/skew.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import type { RunEvent } from '../../src/journal/events.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { served, stillWorld } from '../server/server.ts';
import { RECOVERY } from '../simulator/world.ts';

const HOUR = 3_600_000;

/** A run's way to AWS, whose clock is that far ahead of this machine's wall clock. */
async function awsAhead(byMs: number) {
  const clock = realClock();
  const world = stillWorld();
  const { url } = await served({ world, clock: { ...clock, nowMs: () => clock.nowMs() + byMs } });
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'simulated');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key-of-no-account');
  const events: RunEvent[] = [];
  const aws = gateway({
    transport: await liveTransport(clock, { region: RECOVERY }),
    clock,
    regions: [RECOVERY, 'us-east-1'],
    record: (event) => events.push(event),
    isChange: (service, operation) => isChange(`${service}:${operation}`),
    jitter: () => 0,
  })({ step: 'test', signal: AbortSignal.timeout(20_000) });
  const outcomes = () => events.flatMap((event) => (event.type === 'call' ? [event.outcome] : []));
  return { aws, outcomes, world };
}

describe.each([HOUR, -HOUR])('where this machine’s wall clock was set, and AWS is %i ms ahead of it', (byMs) => {
  test.each<[Service, string, string, object]>([
    ['sts', 'GetCallerIdentity', RECOVERY, {}],
    ['rds', 'DescribeDBInstances', RECOVERY, {}],
    ['route53', 'ListHostedZones', 'us-east-1', {}],
    ['eks', 'DescribeCluster', RECOVERY, { name: 'ecommerce-eks-dr' }],
    ['cloudwatch', 'DescribeAlarms', RECOVERY, {}],
  ])('a look at %s by %s is refused once, signed again, and answered', async (service, operation, region, input) => {
    const { aws, outcomes } = await awsAhead(byMs);
    const look = () => aws.call(service, region, operation as never, input as never).catch(({ name }: Error) => name);
    await look();
    expect(outcomes().slice(0, 1)).toEqual(['failed']);
    expect(outcomes()).toHaveLength(2);
    // The client has learnt what time it is.
    await look();
    expect(outcomes()).toHaveLength(3);
  });

  test('a change is made, and only once', async () => {
    const { aws, outcomes, world } = await awsAhead(byMs);
    await aws.call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: 'ecommerce-db-dr-replica' });
    expect(outcomes()).toEqual(['failed', 'ok']);
    expect(world.state().calls[`rds/${RECOVERY}/PromoteReadReplica`]).toBe(1);
  });
});

test.each([
  ['AuthFailure', 'AWS was not able to validate the provided access credentials', { clockSkewCorrected: true }, true],
  ['AuthFailure', 'AWS was not able to validate the provided access credentials', {}, false],
  ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {}, true],
  ['RequestExpired', 'Request has expired', {}, true],
  ['SignatureDoesNotMatch', 'Signature expired: 20260105T010000Z is now earlier than 20260105T020000Z', {}, true],
  ['SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided', {}, false],
  ['AccessDenied', 'User is not authorized', { clockSkewCorrected: true }, false],
  ['InvalidDBInstanceState', 'Instance is not available', { clockSkewCorrected: true }, false],
])('%s (%s) is signed again only where its time was the reason', (name, message, $metadata, isSignedAgain) => {
  expect(succeedsSignedAgain(Object.assign(new Error(message), { name, $metadata }))).toBe(isSignedAgain);
});

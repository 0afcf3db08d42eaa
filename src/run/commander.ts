import type { Gateway } from '../aws/gateway.ts';
import type { Clock } from '../clock/clock.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError, UnknownOutcome } from '../errors.ts';
import { commanderTopic } from '../runbook/commander.ts';

/** The name under which the journal files what is asked for it. */
const TELLING = 'tell-commander';
/** So long nobody's answer is taken for nothing: connections that hang do so for a minute or more. */
const WITHIN_MS = 5 * 60_000;
const AGAIN_MS = 5_000;

interface Told {
  aws: Gateway;
  clock: Clock;
  signal: AbortSignal;
}

interface Notice {
  /** ASCII only: SNS takes nothing else. */
  subject: string;
  message: string;
}

/** Tells only the incident commander: if more or fewer people would be told, nothing is sent. */
export async function tellCommander(
  topology: Topology,
  { subject, message }: Notice,
  { aws, clock, signal }: Told,
): Promise<void> {
  const { region, arn } = commanderTopic(topology);
  const own = aws({ step: TELLING, signal });
  await mustReachCommanderAlone(topology, { aws, signal });
  const untilMs = clock.elapsedMs() + WITHIN_MS;
  for (;;) {
    try {
      await own.call('sns', region, 'Publish', { TopicArn: arn, Subject: subject, Message: message });
      return;
    } catch (error) {
      // They can safely be told twice.
      if (!(error instanceof UnknownOutcome) || clock.elapsedMs() >= untilMs) throw error;
      await clock.sleep(AGAIN_MS, signal);
    }
  }
}

/** Fails with `commander-unreachable` unless the topic has the subscriptions that the topology says. */
export async function mustReachCommanderAlone(
  topology: Topology,
  { aws, signal }: Pick<Told, 'aws' | 'signal'>,
): Promise<void> {
  const { region, arn, topic, endpoints } = commanderTopic(topology);
  const { Attributes = {} } = await aws({ step: TELLING, signal }).call('sns', region, 'GetTopicAttributes', {
    TopicArn: arn,
  });
  const confirmed = Number(Attributes.SubscriptionsConfirmed ?? 0);
  if (confirmed === endpoints) return;
  throw new DrillError(
    'commander-unreachable',
    `${topic} has ${confirmed} confirmed ${confirmed === 1 ? 'subscription' : 'subscriptions'}, and should have ${endpoints}: ${
      confirmed < endpoints ? 'the commander would not be told' : 'others would be told'
    }.`,
    { hint: `See who reads it: aws sns list-subscriptions-by-topic --region ${region} --topic-arn ${arn}` },
  );
}

import * as z from 'zod';
import { regionalNeed, text } from './place.ts';

/** A metric that a step waits for: it must have values now. */
export const metric = regionalNeed('metric', {
  namespace: text,
  name: text,
  stat: z.enum(['Average', 'Maximum', 'p95']),
  periodMs: z.number(),
  /** `verification` fails without it; a `detection` goes on by its other checks. */
  for: z.enum(['verification', 'detection']),
});

export const alarm = regionalNeed('alarm', {
  name: text,
  /** The `verification` wants it quiet; a `stop` condition ends the drill by it. */
  for: z.enum(['verification', 'stop']),
});

export const snsTopic = regionalNeed('sns-topic', {
  arn: text,
  topic: text,
  subscriptions: z.number(),
});

/** What brings the failure about: the commands of the drill file in a live run. */
export const failureInjection = z.object({ need: z.literal('failure-injection') });

/** An AWS session that lasts as long as the drill usually does. */
export const awsSession = z.object({ need: z.literal('aws-session'), lastsMs: z.number() });

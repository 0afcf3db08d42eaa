import * as z from 'zod';
import { needOf, regionalNeed, text, weakestFirst } from './place.ts';

/** A metric that a step waits for: it must have values now. */
export const metric = regionalNeed(
  'metric',
  {
    namespace: text,
    name: text,
    dimensions: z.record(text, text).optional(),
    stat: z.enum(['Average', 'Maximum', 'Sum', 'p95']),
    periodMs: z.number(),
    /** `verification` fails without it; a `detection` goes on by its other checks. */
    for: weakestFirst(['detection', 'verification']),
  },
  ({ region, namespace, name, dimensions = {}, stat }) =>
    ['metric', region, namespace, name, ...Object.values(dimensions), stat].join('/'),
);

export const alarm = regionalNeed(
  'alarm',
  {
    name: text,
    /** The `verification` wants it quiet; a `stop` condition ends the drill by it. */
    for: weakestFirst(['stop', 'verification']),
  },
  ({ region, name }) => `alarm/${region}/${name}`,
);

export const snsTopic = regionalNeed(
  'sns-topic',
  {
    arn: text,
    topic: text,
    subscriptions: z.number(),
  },
  ({ arn }) => `sns-topic/${arn}`,
);

/** A channel over which people are told how the run stands. Without it the drill continues. */
export const noticeChannel = needOf(
  'notice-channel',
  {
    channel: text,
    /** What kind of channel it is. */
    over: text,
    /** Of SNS. */
    topic: z.object({ region: text, arn: text }).optional(),
    /** ARNs of its secrets in Secrets Manager. */
    secrets: z.array(text),
  },
  ({ channel }) => `notice-channel/${channel}`,
);

/** What brings the failure about: the commands of the drill file in a live run. */
export const failureInjection = needOf('failure-injection', {}, () => 'failure-injection');

/** An AWS session that lasts as long as the drill usually does. */
export const awsSession = needOf('aws-session', { lastsMs: z.number() }, () => 'aws-session');

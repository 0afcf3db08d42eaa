import * as z from 'zod';
import { kafkaLoginSchema } from '../../drill/live.ts';
import { nameOrArn } from '../../drill/names.ts';
import { componentName, type Description, dataStore, text } from '../described.ts';
import { kafkaLeaves } from './left.ts';
import { kafkaCluster, kafkaMirror } from './needs.ts';

const topic = z
  .string()
  .regex(/^[\w.-]{1,249}$/, 'expected the name of a topic: up to 249 letters, digits, dots, underscores and hyphens');

const mskCluster = nameOrArn({ service: 'kafka', types: ['cluster/'], of: 'an MSK cluster' });

const cluster = z.strictObject({ cluster: mskCluster.describe("The MSK cluster's name, or its ARN.") });

/** Amazon MSK in both regions with MirrorMaker 2 between them, and what lives on it. */
export const kafkaSchema = z.strictObject({
  kind: z.literal('kafka'),
  ...dataStore,
  primary: cluster,
  recovery: cluster,
  mirror: z
    .strictObject({
      alias: z
        .string()
        .regex(/^[\w-]{1,100}$/, 'expected an alias: letters, digits, underscores and hyphens')
        .describe("What MirrorMaker calls the primary region's cluster."),
      policy: z
        .enum(['default', 'identity'])
        .default('default')
        .describe('default: a mirrored topic is called <alias>.<topic>; identity: it keeps its name.'),
    })
    .describe('The MirrorMaker 2 that copies from the primary region to the recovery region.'),
  markers: topic.describe(
    'A topic for drills, which exists in both regions and is mirrored. Only drills write to it, at any time.',
  ),
  runsIn: componentName
    .optional()
    .describe('The compute in which its consumers and producers run; the only one by default.'),
  consumers: z
    .array(
      z.strictObject({
        deployment: text.describe(
          'In the default namespace of the compute, in both clusters. Scaled to 0 in the recovery region before a failover.',
        ),
        replicas: z.int().positive().max(100_000).describe('Replicas in the region that consumes.'),
        group: text.describe('Its consumer group, of the same name in both regions.'),
        topics: z
          .array(topic)
          .min(1)
          .describe(
            'The topics that it subscribes to, by their names in the primary region. In the recovery region, it must read the mirrored topics and the topics with these names.',
          ),
      }),
    )
    .min(1),
  producers: z.strictObject({
    deployments: z
      .array(text)
      .min(1)
      .describe('Its deployments that produce: a name, or `namespace/name` for a deployment in another namespace.'),
    variable: text.describe('The environment variable that holds the brokers they produce to.'),
  }),
  login: kafkaLoginSchema,
});

export type Kafka = z.output<typeof kafkaSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const kafka = {
  schema: kafkaSchema,
  needs: [kafkaCluster, kafkaMirror],
  counts: 'markers',
  counting: { of: 'markers', writes: 'kafka.write-markers', counts: 'kafka.count-markers' },
  readBy: ({ runsIn, producers }: Kafka) => ({ runsIn, ...producers }),
  port: 'kafka',
  leaves: kafkaLeaves,
} as const satisfies Description;

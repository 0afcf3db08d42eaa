import * as z from 'zod';
import { regionalNeed, text } from '../../steps/needs/place.ts';

const kafkaLogin = z.enum(['iam', 'scram', 'tls', 'plaintext']);

const clusterThing = ({ region, cluster }: { region: string; cluster: string }) => `kafka/${region}/${cluster}`;

export const kafkaCluster = regionalNeed(
  'kafka-cluster',
  {
    cluster: text,
    login: kafkaLogin,
    topics: z.array(text),
    /** Groups that must have members, and groups that must have none. */
    consumed: z.array(text),
    idle: z.array(text),
  },
  clusterThing,
);

/** MirrorMaker's heartbeats: how old the newest one may be. */
export const kafkaMirror = regionalNeed(
  'kafka-mirror',
  { cluster: text, login: kafkaLogin, heartbeats: text, maxAgeMs: z.number() },
  clusterThing,
);

import type * as z from 'zod';
import type { side } from '../described.ts';
import { secretRegion } from '../described.ts';
import { afterFits } from '../fits.ts';
import type { Doing, KindOfComponent } from '../verbs.ts';
import { discoverKafka } from './discover.ts';
import { kafkaExample } from './example.ts';
import { messagingFits } from './fits.ts';
import { kafkaClusterLook, kafkaMirrorLook } from './looks.ts';
import { awaitMarkers } from './steps/await-markers.ts';
import { checkTranslation } from './steps/check-translation.ts';
import { clusterNeed } from './steps/cluster.ts';
import { commitOffsets } from './steps/commit-offsets.ts';
import { countMarkers } from './steps/count-markers.ts';
import { drain } from './steps/drain.ts';
import { findBrokers } from './steps/find-brokers.ts';
import { pointProducers } from './steps/point-producers.ts';
import { proveConsumption } from './steps/prove-consumption.ts';
import { putOffsetsBack } from './steps/put-offsets-back.ts';
import { returnOffsets } from './steps/return-offsets.ts';
import { startConsumers } from './steps/start-consumers.ts';
import { stopConsumers } from './steps/stop-consumers.ts';
import { takeCheckpoints } from './steps/take-checkpoints.ts';
import { mirroredName } from './steps/topics.ts';
import { validateKafka } from './steps/validate.ts';
import { writeMarkers } from './steps/write-markers.ts';

const MINUTE = 60_000;

type Side = z.output<typeof side>;

const stop = (where: Side): Doing => ({
  part: 'stop',
  uses: 'kafka.stop-consumers',
  with: { in: where },
  deadlineMs: 5 * MINUTE,
});

const start = (where: Side): Doing => ({
  part: 'start',
  uses: 'kafka.start-consumers',
  with: { in: where },
  deadlineMs: 10 * MINUTE,
});

/** Kafka in both regions, with MirrorMaker between them. */
export const kafka: KindOfComponent<'kafka'> = {
  kind: 'kafka',
  group: 'data',
  title: 'Kafka with MirrorMaker between the regions',
  verbs: {
    'data.fence': (_, { on }) =>
      on === 'primary'
        ? [{ uses: 'kafka.stop-consumers', with: { in: on, mayBeLost: true }, deadlineMs: 5 * MINUTE }]
        : [],
    'data.take-over': (_, { to, how }) => {
      // No MirrorMaker brings anything home: producers go first, and what they left is finished where it is.
      if (to === 'primary') return [];
      const commit = (translation: string, exact: boolean): Doing => ({
        part: 'commit',
        uses: 'kafka.commit-offsets',
        with: (named) => ({ translation: named(translation), exact }),
        deadlineMs: 2 * MINUTE,
      });
      return how === 'failover'
        ? [
            { part: 'checkpoints', uses: 'kafka.take-checkpoints', deadlineMs: 2 * MINUTE },
            commit('checkpoints', false),
            start('recovery'),
          ]
        : [
            stop('primary'),
            { part: 'translate', uses: 'kafka.check-translation', deadlineMs: 5 * MINUTE },
            commit('translate', true),
            start('recovery'),
          ];
    },
    'data.finish': (_, { to }) =>
      to === 'recovery'
        ? []
        : [
            { part: 'drain', uses: 'kafka.drain', deadlineMs: 10 * MINUTE },
            stop('recovery'),
            { part: 'offsets', uses: 'kafka.return-offsets', deadlineMs: 5 * MINUTE },
            start('primary'),
          ],
    'data.prove': ({ id }, given, scene) =>
      scene.takenOver(id)?.to === given.on
        ? [{ uses: 'kafka.prove-consumption', with: { on: given.on }, deadlineMs: 6 * MINUTE }]
        : [],
  },
  standby: ({ login, consumers, mirror, ...store }, to, regions) => {
    const topics = consumers.flatMap((one) => one.topics);
    const at = { region: regions[to], cluster: store[to].cluster, login: login.by };
    return [clusterNeed(at, { topics: to === 'recovery' ? topics.map((one) => mirroredName(one, mirror)) : topics })];
  },
  findWriter: (_, where) => ({ uses: 'kafka.find-brokers', with: { on: where }, deadlineMs: MINUTE }),
  steps: [
    awaitMarkers,
    checkTranslation,
    commitOffsets,
    countMarkers,
    drain,
    findBrokers,
    pointProducers,
    proveConsumption,
    putOffsetsBack,
    returnOffsets,
    startConsumers,
    stopConsumers,
    takeCheckpoints,
    validateKafka,
    writeMarkers,
  ],
  looks: { 'kafka-cluster': kafkaClusterLook, 'kafka-mirror': kafkaMirrorLook },
  discovery: { title: 'MSK clusters', discover: discoverKafka },
  example: kafkaExample,
  fits: (one, topology) => [...messagingFits(one, topology), ...afterFits(one, topology)],
  regions: ({ login }) => secretRegion(login),
};

import { secretRegion } from '../described.ts';
import { afterFits } from '../fits.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverKafka } from './discover.ts';
import { kafkaExample } from './example.ts';
import { messagingFits } from './fits.ts';
import { kafkaClusterLook, kafkaMirrorLook } from './looks.ts';
import { awaitMarkers } from './steps/await-markers.ts';
import { checkTranslation } from './steps/check-translation.ts';
import { commitOffsets } from './steps/commit-offsets.ts';
import { countMarkers } from './steps/count-markers.ts';
import { drain } from './steps/drain.ts';
import { findBrokers } from './steps/find-brokers.ts';
import { pointProducers } from './steps/point-producers.ts';
import { proveConsumption } from './steps/prove-consumption.ts';
import { putOffsetsBack } from './steps/put-offsets-back.ts';
import { startConsumers } from './steps/start-consumers.ts';
import { stopConsumers } from './steps/stop-consumers.ts';
import { takeCheckpoints } from './steps/take-checkpoints.ts';
import { mirroredName } from './steps/topics.ts';
import { validateKafka } from './steps/validate.ts';
import { writeMarkers } from './steps/write-markers.ts';

const MINUTE = 60_000;

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
    // Only what was mirrored can be gone on with; planned, and on the way home, a drill of its own moves them.
    'data.take-over': (_, { to, how }) =>
      how === 'switchover' || to === 'primary'
        ? []
        : [
            { part: 'checkpoints', uses: 'kafka.take-checkpoints', deadlineMs: 2 * MINUTE },
            {
              part: 'commit',
              uses: 'kafka.commit-offsets',
              with: (named) => ({ translation: named('checkpoints') }),
              deadlineMs: 2 * MINUTE,
            },
            { part: 'start', uses: 'kafka.start-consumers', with: { in: 'recovery' }, deadlineMs: 10 * MINUTE },
          ],
    'data.prove': ({ id }, given, scene) =>
      scene.takenOver(id)?.to === given.on
        ? [{ uses: 'kafka.prove-consumption', with: { on: given.on }, deadlineMs: 6 * MINUTE }]
        : [],
  },
  standby: ({ login, consumers, mirror, ...store }, to, regions) => [
    {
      need: 'kafka-cluster',
      region: regions[to],
      cluster: store[to].cluster,
      login: login.by,
      topics: consumers.flatMap(({ topics }) =>
        topics.map((topic) => (to === 'recovery' ? mirroredName(topic, mirror) : topic)),
      ),
      consumed: [],
      idle: [],
    },
  ],
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

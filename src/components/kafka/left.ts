import { pointed, scaled } from '../kubernetes/left.ts';
import type { Leaves } from '../left.ts';

/** What the steps of Kafka leave: they scale and point deployments. */
export const kafkaLeaves: Leaves = {
  'kafka.start-consumers': scaled,
  'kafka.stop-consumers': scaled,
  'kafka.point-producers': pointed,
};

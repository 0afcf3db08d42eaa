import type { Transport } from '../aws/aws.ts';
import type { Ports } from '../ports/ports.ts';
import { redisOf } from './elasticache/redis.ts';
import { kafkaOf } from './kafka/port.ts';
import { kubernetesOf } from './kubernetes/port.ts';
import { newWorld, stateOf } from './new-world.ts';
import { failureOf } from './ports/failure.ts';
import { dnsOf, httpOf } from './ports/network.ts';
import { peopleOf } from './ports/people.ts';
import { sqlOf } from './ports/sql.ts';

import { takesWrites } from './rds/instance.ts';
import type { State } from './state.ts';
import { type Caller, sts } from './sts.ts';
import { at } from './timeline.ts';
import { answer, type Call, transportOf, unreachable } from './transport/transport.ts';
import { upToDate } from './up-to-date.ts';
import type { WorldOptions } from './world.ts';
import { type TwoWriters, twoWriters } from './writers.ts';

export type { Call } from './transport/transport.ts';

/** A simulated AWS account with everything in it and around it. */
export interface SimulatedWorld {
  transport: Transport;
  /** What AWS answers to a request, in plain data; `undefined` where it never would. Rejects with the SDK's error. */
  answer(call: Call, input: object): Promise<object | undefined>;
  /** Whether nobody answers for a service in a region now. */
  unreachable(call: Pick<Call, 'service' | 'region'>): boolean;
  /** Who the calls come from. */
  caller(): Caller;
  ports: Ports;
  /** What took the writes of one data store at the same time, now or at any time before; there must be none. */
  twoWriters(): TwoWriters[];
  /** The world as plain JSON: given to `simulate` again, it continues from there. */
  state(): State;
  /** Instances that a client could write to now. */
  writers(): string[];
  /** Instances that a region holds now. */
  instances(region: string): string[];
}

/** Makes a world in which nothing moves by itself: each look first brings it up to the time of the clock. */
export function simulate(options: WorldOptions): SimulatedWorld {
  const world = newWorld(options);
  const { clock, instances } = world;
  const names = (all: { identifier: string }[]) => all.map(({ identifier }) => identifier);
  return {
    transport: transportOf(world),
    answer: (call, input) => answer(world, call, input),
    unreachable: (call) => unreachable(world, call),
    caller: () => sts.GetCallerIdentity(world),
    ports: {
      kubernetes: kubernetesOf(world),
      sql: sqlOf(world),
      redis: redisOf(world),
      kafka: kafkaOf(world),
      dns: dnsOf(world),
      http: httpOf(world),
      failure: failureOf(world),
      people: peopleOf(world),
      session: { now: async () => undefined },
    },
    twoWriters: () => twoWriters(upToDate(world)),
    state: () => stateOf(upToDate(world)),
    writers: () => names(instances.filter((one) => takesWrites(world, one, clock.nowMs()))),
    instances: (region) =>
      names(instances.filter((one) => one.region === region && at(one.status, clock.nowMs()) !== null)),
  };
}

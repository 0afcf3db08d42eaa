import * as z from 'zod';
import type { Aws, CallOptions, Service } from '../aws/aws.ts';
import type { ComponentOf, Group, Named } from '../drill/components.ts';
import type { Path } from '../drill/locate.ts';
import type { Complaint } from '../drill/mistakes.ts';
import { newRdsName } from '../drill/names.ts';
import { duration, percentage } from '../drill/quantities.ts';
import type { Topology } from '../drill/topology.ts';
import type { LookFor } from '../steps/account/look.ts';
import type { Counted } from '../steps/account/quotas.ts';
import type { Around } from '../steps/given.ts';
import type { Need, NeedKind } from '../steps/needs.ts';
import { decidersGiven } from '../steps/people/asking.ts';
import type { AnyStep, Permission, StepContext } from '../steps/step.ts';
import { side } from './described.ts';
import type { Discover } from './discovery.ts';
import type { Example } from './example.ts';
import { pointGiven } from './recovery-point.ts';
import type { Component, Kind } from './schemas.ts';

const earlierStep = z.string().min(1).meta({ earlierStep: true });

/** What may be asked of the components of a group, and what is in `with` then. */
export const verbs = {
  'data.look': z.strictObject({
    on: side.default('primary').describe('Which side takes writes at the start.'),
    lasts: duration.default(0).describe('How long to wait before the lag is read.'),
    lag: z
      .union([z.literal('none'), duration])
      .default(60_000)
      .describe('If the lag is higher, people decide whether the drill continues. Not set if there is no replica yet.'),
    deciders: decidersGiven,
  }),
  'data.fence': z.strictObject({
    on: side.default('primary').describe('The side that must stop taking writes.'),
    alone: z
      .boolean()
      .default(false)
      .describe('true if no takeover follows that would stop the old writer, so the drill itself must fence it.'),
  }),
  'data.take-over': z.strictObject({
    to: side.default('recovery').describe('The side that becomes the writer.'),
    how: z
      .enum(['failover', 'switchover'])
      .default('failover')
      .describe('failover can lose data that was not replicated yet. switchover stops writes first and loses nothing.'),
    takesWrites: z
      .boolean()
      .default(true)
      .describe('false if writes were stopped before and a later step allows them.'),
  }),
  'data.finish': z.strictObject({
    to: side.default('recovery').describe('The side that the applications were pointed at.'),
  }),
  'data.fail-over-zone': z.strictObject({
    on: side.default('primary').describe('The side whose writer moves to another zone of its region.'),
  }),
  'data.follow-endpoint': z.strictObject({
    failover: earlierStep.describe('The step that failed over to another zone.'),
    within: duration.default(60_000).describe('If it takes longer, the verification fails.'),
  }),
  'data.prove-zone': z.strictObject({
    on: side.default('primary'),
    failover: earlierStep.describe('The step that failed over to another zone.'),
    within: duration
      .default(480_000)
      .describe('How long to wait: what AWS reports about zones is several minutes old.'),
  }),
  'data.open': z.strictObject({ on: side.default('recovery') }),
  'data.keep-out': z.strictObject({ on: side.default('primary').describe('The side that must not take writes.') }),
  'data.rejoin': z.strictObject({
    from: side
      .default('primary')
      .describe('The side that takes the writes. The other one catches up and is compared with it.'),
  }),
  'data.follow': z.strictObject({
    in: side.default('primary').describe('The side that becomes the replica of the other one.'),
    within: duration.default(5_000).describe('The highest lag that the step accepts at its end.'),
  }),
  'data.prove': z.strictObject({
    on: side.default('recovery').describe('The side that must be the only one to take writes.'),
    fenced: z.boolean().default(true).describe('Whether the other side must be kept from writing.'),
    protected: z
      .boolean()
      .default(false)
      .describe('true: a missing standby or replica is no finding yet, because a later step makes them.'),
    holds: z
      .boolean()
      .default(false)
      .describe('true: the key that data.look wrote to a cache must still exist. It expires after an hour.'),
  }),
  'data.count': z.strictObject({ on: side.default('recovery') }),
  'data.check': z.strictObject({
    on: side.default('recovery'),
    expected: earlierStep.describe('The earlier step that read the data.'),
  }),
  'data.protect': z.strictObject({
    on: side.default('recovery').describe('The side that takes the writes.'),
    multiAz: z.boolean().default(true),
    replica: z.boolean().default(false).describe('true: also request a replica.'),
  }),
  'data.choose-recovery-point': z.strictObject(pointGiven),
  'data.copy-recovery-point': z.strictObject({
    point: earlierStep.describe('The step that chose the recovery point.'),
    to: side.default('recovery').describe('The region that the snapshot is copied to.'),
    as: newRdsName.describe('The name of the copy. No snapshot may have it yet.'),
  }),
  'data.restore': z.strictObject({
    point: earlierStep.describe('The step that chose the recovery point, or copied it.'),
    as: newRdsName.describe('The name of the restored copy. Nothing may have it yet.'),
    in: side.default('primary').describe('The region that it is restored in.'),
    keep: z.boolean().default(false).describe('true: it replaces its original. false: it is deleted.'),
  }),
  'data.discard': z.strictObject({
    as: newRdsName.describe('The name of the restored copy to delete.'),
    in: side.default('primary'),
  }),
  'data.discard-recovery-point': z.strictObject({
    as: newRdsName.describe('The name of the copied snapshot to delete.'),
    in: side.default('recovery'),
  }),
  'data.prove-unchanged': z.strictObject({}),
  'compute.scale': z.strictObject({
    in: side.default('recovery'),
    to: z.enum(['serving', 'standby']).default('serving').describe('Full size, or the standby size.'),
  }),
  'compute.point': z.strictObject({
    in: side.default('recovery'),
    to: side.optional().describe('The side that takes the writes. Default: the side that the writes were moved to.'),
    writer: earlierStep
      .optional()
      .describe(
        'The step whose result has the address of the new writer, such as a restore. Default: the step that moved the writes.',
      ),
  }),
  'compute.prove': z.strictObject({ in: side.default('recovery') }),
  'traffic.look': z.strictObject({ lasts: duration.default(30_000) }),
  'traffic.shift': z.strictObject({ to: side.default('recovery').describe('The region that customers are sent to.') }),
  'traffic.share': z.strictObject({
    recovery: percentage
      .refine((share) => share <= 1, 'expected at most 100 %')
      .describe('The share of customers to send to the recovery region.'),
    hold: duration.default(120_000).describe('How long to watch the service before the next step.'),
    errorRate: percentage.default(0.01).describe('If more requests fail, all customers return at once.'),
    p95: duration
      .default(2_000)
      .describe('If the 95th percentile of response times is higher, all customers return at once.'),
    over: duration.default(120_000).describe('How far back requests of the watched customers count.'),
  }),
  'traffic.hold': z.strictObject({}),
  'traffic.prove': z.strictObject({
    in: side.default('recovery').describe('The side that must serve.'),
    lasts: duration.default(60_000).describe('How long success must last.'),
    errorRate: percentage.default(0.001),
    p95: duration.default(2_000),
  }),
} as const satisfies Record<`${Group}.${string}`, z.ZodType>;

export type Verb = keyof typeof verbs;

/** Verbs that are asked of one data store: what they name can be made once. */
export const OF_ONE: readonly Verb[] = [
  'data.choose-recovery-point',
  'data.copy-recovery-point',
  'data.restore',
  'data.discard',
  'data.discard-recovery-point',
];
export type Given<V extends Verb> = z.output<(typeof verbs)[V]>;

/** One step that a component does for a verb, as a drill file would ask for it. */
export interface Doing {
  /** What tells it from others of the same verb on the same component. */
  part?: string;
  uses: string;
  /** The component that it is asked of, where that is another one. */
  of?: string;
  /** What is in `with`; other steps of the same row are named by their part. */
  with?: Record<string, unknown> | ((named: (part: string) => string) => Record<string, unknown>);
  deadlineMs?: number;
  /** The data stores that it is about, where the component is another one. */
  about?: readonly string[];
  /** Comes before what other components do for the same verb. */
  ahead?: true;
  /** Of a take-over: its result holds the new writer's address. That is the last step, unless one says so. */
  givesWriter?: true;
}

/** What a component sees of the drill around it. */
export interface Scene {
  topology: Topology;
  /** All components that the verb is asked of. */
  asked: readonly Named<Component>[];
  /** The latest step before this one in which a data store was taken over, and the side it moved to. */
  takenOver(store: string): { step: string; to: z.output<typeof side> } | undefined;
  /** Whether a data store is what the drill is about: every one, unless the drill says. */
  isAbout(store: string): boolean;
  /** The latest step before this one in which a data store was looked at. */
  looked(store: string): string | undefined;
  /** What is in `with` of an earlier line. */
  withOf(line: string): Readonly<Record<string, unknown>>;
  /** The step by which a data store says who takes its writes on a side. */
  findWriter(store: string, on: z.output<typeof side>): Doing | undefined;
}

/** Where an instance or a cluster answers. */
export interface Endpoint {
  /** A host, or a URL. Absent where there is none yet. */
  address?: string | undefined;
  port?: number | undefined;
  /** The certificate authority behind it, in Base64, where it is no public one. */
  authority?: string | undefined;
}

export interface EndpointOf {
  find(aws: Aws, region: string, name: string, options?: CallOptions): Promise<Endpoint>;
  /** Set where it follows from a role that changes, so that it is asked for again. */
  changes?: true;
}

/** What AWS says about the writer, for engines and databases without a login. */
export interface TroubleOf {
  calls: readonly string[];
  /** What it must find, of the store that the step works on. */
  needs(around: Around): readonly Need[];
  permissions(place: Writer, account: string): Permission[];
  /** What is wrong; nothing, where AWS says that all is well. */
  look(place: Writer, context: Pick<StepContext, 'aws'>, options: CallOptions): Promise<string | undefined>;
}

interface Writer {
  region: string;
  /** Or a cluster, by its name. */
  instance: string;
}

/** Of a topology, and of the drill on it: on which side customers are when it begins. */
export interface Described {
  regions: Topology['regions'];
  customersIn: z.output<typeof side>;
}

interface Discovering<K extends Kind> {
  title: string;
  discover: Discover<K>;
  /** Which regions it asks beside the two, of the partition that one is in. */
  regions?: (recovery: string) => readonly string[];
}

/** A kind of component: what it does for each verb. Where it has nothing for one, that verb passes it over. */
export interface KindOfComponent<K extends Kind> {
  kind: K;
  group: Group;
  /** For people, such as `an RDS instance with a cross-region replica`. */
  title: string;
  /** Of verbs for which a component may have nothing to do at all: what the topology or the drill must say so that it has. */
  wants?: { [V in Verb]?: string };
  /** A component that cannot do the verb gives nothing; an empty list, where it can and there is nothing to do now. */
  verbs: { [V in Verb]?: (component: ComponentOf<K>, given: Given<V>, scene: Scene) => readonly Doing[] | undefined };
  /** The step that says who takes the writes on a side: it gives `{ address }`. */
  findWriter?: (component: ComponentOf<K>, on: z.output<typeof side>) => Doing | undefined;
  /** What its schema cannot say: values that do not fit each other or the rest of the topology. Paths begin at the topology's. */
  fits?: (component: ComponentOf<K>, topology: Topology, path: Path) => Complaint[];
  /** How AWS is asked where what is behind its port answers. */
  endpoint?: EndpointOf;
  trouble?: TroubleOf;
  /** How far an instance, or a cluster, is behind the one that it follows, in milliseconds, as AWS had it at that moment; null for unknown. */
  lag?: (
    follower: { region: string; instance: string },
    context: Pick<StepContext, 'aws' | 'clock'>,
    when: { asOfMs?: number | undefined },
  ) => Promise<number | null>;
  /** A need of a step with what the topology says of its thing; nothing, where it is not about this component. */
  describes?: (component: ComponentOf<K>, need: Need, around: Described) => Need | undefined;
  /** How long resolvers may send customers where its name led before; nothing, where no answer changes. */
  answersKeptMs?: (component: ComponentOf<K>) => number | undefined;
  /** Where services of AWS answer for it at addresses of their own, by service and region. */
  endpointsOf?: (component: ComponentOf<K>) => { [S in Service]?: Record<string, string> };
  /** Names of its instances or clusters: nothing that is restored beside it can have one. */
  named?: (component: ComponentOf<K>) => readonly string[];
  /** Where it has something beside the two regions. */
  regions?: (component: ComponentOf<K>, regions: Topology['regions']) => readonly string[];
  /** The steps that are about it, by which drill files and verbs ask for them. */
  steps: readonly AnyStep[];
  /** What counts against a quota where a drill makes it, by the need that says that its name is free. */
  quotas?: { [N in NeedKind]?: Counted };
  /** How each of its needs is looked at. */
  looks: { [N in NeedKind]?: LookFor<N> };
  /** How an account is searched for it, with what people call it; or why it is not. */
  discovery: Discovering<K> | { title: string; not: string };
  /** A small one, for a topology to begin with. */
  example: Example;
  /** What of a component must be there on the side that is to take over, and as described. */
  standby?: (component: ComponentOf<K>, to: z.output<typeof side>, regions: Topology['regions']) => readonly Need[];
}

/** A length of time as drill files have it. */
export const ms = (length: number): string => `${length} ms`;

/** What a look at a data store is given, as drill files have it; kinds call the side by their own words. */
export const asLook = ({ lasts, lag, deciders }: Pick<Given<'data.look'>, 'lasts' | 'lag' | 'deciders'>) => ({
  lasts: ms(lasts),
  lag: lag === 'none' ? 'none' : ms(lag),
  deciders: { ...deciders, each: ms(deciders.each) },
});

/** A share as drill files have it. */
export const percent = (share: number): string => `${(share * 100).toFixed(10)} %`;

type Point = z.output<z.ZodObject<typeof pointGiven>>;

/** How a recovery point is asked for, as drill files have it. */
export const asPoint = ({ from, maxAge, types, before }: Point): Record<string, unknown> => ({
  from,
  maxAge: ms(maxAge),
  before: ms(before),
  ...(types && { types }),
});

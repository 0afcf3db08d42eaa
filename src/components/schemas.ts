import * as z from 'zod';
import { login } from '../steps/needs/login.ts';
import { strongestIn, thingBy } from '../steps/needs/place.ts';
import * as platform from '../steps/needs/platform.ts';
import * as watching from '../steps/needs/watching.ts';
import { auroraGlobal } from './aurora-global/schema.ts';
import { configurationArchive } from './configuration-archive/schema.ts';
import type { AskedInSql, Counting, Counts, Description, InSql, NamedReaders, Waiting } from './described.ts';
import { dynamodbGlobalTable } from './dynamodb-global-table/schema.ts';
import { ecs } from './ecs/schema.ts';
import { eks } from './eks/schema.ts';
import { elasticacheGlobal } from './elasticache-global/schema.ts';
import { kafka } from './kafka/schema.ts';
import type { Leaves } from './left.ts';
import { rdsReplica } from './rds-replica/schema.ts';
import { route53 } from './route53/schema.ts';
import { s3Replication } from './s3-replication/schema.ts';
import { secrets } from './secrets/schema.ts';
import { witness } from './witness/needs.ts';

const data = [
  rdsReplica,
  auroraGlobal,
  elasticacheGlobal,
  dynamodbGlobalTable,
  kafka,
  s3Replication,
  secrets,
  configurationArchive,
] as const;
const compute = [eks, ecs] as const;
const traffic = [route53] as const;
const kinds = [...data, ...compute, ...traffic];

const schemasOf = <const K extends readonly Description[]>(some: K) =>
  some.map(({ schema }) => schema) as { [I in keyof K]: K[I]['schema'] };

/** What a topology may say of each group's components, one schema a kind. */
export const dataSchema = z.discriminatedUnion('kind', schemasOf(data));
export const computeSchema = z.discriminatedUnion('kind', schemasOf(compute));
export const trafficSchema = z.discriminatedUnion('kind', schemasOf(traffic));

export type Component = z.output<typeof dataSchema> | z.output<typeof computeSchema> | z.output<typeof trafficSchema>;
export type Kind = Component['kind'];

const described: readonly (Description & (typeof kinds)[number])[] = kinds;
const descriptionOf = ({ kind }: Pick<Component, 'kind'>) =>
  described.find(({ schema }) => schema.shape.kind.value === kind);

/** A port of `src/ports/` behind which components are. */
export type PortOfKind = Extract<(typeof kinds)[number], { port: unknown }>['port'];
/** What a topology says of components that are asked through each port. */
export type Behind = { [P in PortOfKind]: z.output<Extract<(typeof kinds)[number], { port: P }>['schema']> };
export type KindBehind<P extends PortOfKind> = Behind[P]['kind'];

const byPort = new Map<string | undefined, Kind[]>();
for (const { port, schema } of described)
  byPort.set(port, [...(byPort.get(port) ?? []), schema.shape.kind.value as Kind]);

/** In the order of the index: of several, steps mean the first that a topology has. */
export const kindsBehind = <P extends PortOfKind>(port: P): readonly KindBehind<P>[] =>
  (byPort.get(port) ?? []) as KindBehind<P>[];

/** What a data store is asked in SQL. */
export const sqlOf = (store: Behind['sql']): AskedInSql & Pick<InSql, 'isCluster'> => {
  const { of, isCluster } = (descriptionOf(store) as Description & { sql: InSql }).sql;
  return { ...of(store as never), isCluster };
};

/** How an instance, or a cluster, is asked in SQL. */
export const inSql = (isCluster: boolean): InSql => {
  const found = described.map((kind: Description) => kind.sql).find((sql) => sql?.isCluster === isCluster);
  if (found) return found;
  throw new Error(`No kind of component asks ${isCluster ? 'a cluster' : 'an instance'} in SQL.`);
};

/** Pods that read where a data store takes writes, beside those of a compute that uses it. */
export const readBy = (component: Component): NamedReaders | undefined =>
  descriptionOf(component)?.readBy?.(component as never);

/** What a compute runs, and how much of it where it waits; nothing of other components. */
export const waitingIn = (component: Component): readonly Waiting[] =>
  descriptionOf(component)?.waits?.(component as never) ?? [];

/** What is counted in a data store. */
export function countsOf(component: Component): Counts {
  const counts = descriptionOf(component)?.counts;
  if (counts === undefined) return { not: 'nothing in it is numbered, so nothing can be counted' };
  return typeof counts === 'function' ? counts(component as never) : counts;
}

/** The steps by which kinds write and count what they number themselves. */
export const countings: readonly Counting[] = described.flatMap((kind: Description) => kind.counting ?? []);

/** Every kind of step that counts heartbeat rows, in SQL or in the kind's own way. */
const countingHeartbeats = [
  'data.count-heartbeats',
  ...countings.flatMap(({ of, counts }) => (of === 'heartbeats' ? [counts] : [])),
];

/** Whether a kind of step counts heartbeat rows, or what a kind numbers in their place. */
export const countsHeartbeats = (kind: string): boolean => countingHeartbeats.includes(kind);

const moving = new Set(described.flatMap((kind: Description) => kind.moves ?? []));

/** Whether a kind of step moves customers, with any lever. */
export const movesCustomers = (kind: string): boolean => moving.has(kind);

/** What the steps of all kinds leave of resources that infrastructure as code may manage. */
export const leaves: Leaves = Object.assign({}, ...described.map((kind) => kind.leaves ?? {}));

const others = [login, witness, ...Object.values(platform), ...Object.values(watching)];

type AnyNeed = (typeof kinds)[number]['needs'][number] | (typeof others)[number];
const needs: readonly AnyNeed[] = [...kinds.flatMap((kind): readonly AnyNeed[] => kind.needs), ...others];

/** Something that a step must find before the drill begins. */
export type Need = z.output<AnyNeed>;
export type NeedOf<K extends Need['need']> = Extract<Need, { need: K }>;
export const needSchema = z.discriminatedUnion('need', needs as readonly [AnyNeed, ...AnyNeed[]]);

const byName = new Map<string, AnyNeed>(needs.map((schema) => [schema.shape.need.value, schema]));

/** Which thing a need is about. Once a step has altered it, a preflight can no longer answer for later steps. */
export const thingOf = (need: Need): string => {
  const schema = byName.get(need.need);
  return schema ? thingBy(schema, need) : need.need;
};

/** Of what two needs of a thing say, the word that asks for more; nothing, where there is no order in it. */
export const strongest = (need: Need, key: string, words: readonly unknown[]): string | undefined =>
  strongestIn((byName.get(need.need)?.shape as Record<string, z.ZodType> | undefined)?.[key], words);

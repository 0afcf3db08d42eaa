import { isDeepStrictEqual } from 'node:util';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as z from 'zod';
import type { Topology } from '../../../drill/topology.ts';
import { DrillError } from '../../../errors.ts';
import { setIdentifierOf, type Traffic } from '../schema.ts';
import { leadsOf, leadsParams, leadTo } from './leads.ts';
import { weighted } from './weights.ts';

/** How the records of a name are to stand, by what a lever edits. */
export const moveParams = z.discriminatedUnion('edits', [
  z.object({
    edits: z.literal('weights'),
    /** By set identifier. */
    weights: z.record(z.string(), z.int().min(0).max(255)),
  }),
  /** The set identifier of the record that is to be the primary one. */
  z.object({ edits: z.literal('roles'), primary: z.string() }),
  /** One simple record of each type serves both regions, and leads to one of them. */
  z.object({ edits: z.literal('destination'), leads: leadsParams }),
  /** The latency records of a region are there, or not. */
  z.object({ edits: z.literal('presence'), without: z.string() }),
  z.object({
    edits: z.literal('presence-again'),
    setIdentifier: z.string(),
    region: z.string(),
    healthCheck: z.string().optional(),
    leads: leadsParams,
  }),
]);
export type Move = z.output<typeof moveParams>;
type Side = 'primary' | 'recovery';

/** How a lever that edits records sends customers to a side. */
export function moveTo(traffic: Traffic, to: Side, regions: Topology['regions']): Move {
  const { primary, recovery } = traffic;
  switch (traffic.lever) {
    case 'failover-records':
      return { edits: 'roles', primary: setIdentifierOf(traffic[to]) };
    case 'simple-record':
      return { edits: 'destination', leads: leadsOf(traffic[to]) };
    case 'latency-records':
      return to === 'recovery'
        ? { edits: 'presence', without: setIdentifierOf(primary) }
        : {
            edits: 'presence-again',
            setIdentifier: setIdentifierOf(primary),
            region: regions.primary,
            healthCheck: primary.healthCheck,
            leads: leadsOf(primary),
          };
    default:
      return {
        edits: 'weights',
        weights: {
          [setIdentifierOf(primary)]: to === 'primary' ? 100 : 0,
          [setIdentifierOf(recovery)]: to === 'recovery' ? 100 : 0,
        },
      };
  }
}

/** The record sets of a name as they stand after the move, of all types. */
export function afterMove(name: string, sets: readonly ResourceRecordSet[], move: Move): ResourceRecordSet[] {
  switch (move.edits) {
    case 'weights':
      return weighted(name, sets, move.weights);
    case 'roles':
      return inRoles(name, sets, move.primary);
    case 'destination':
      if (sets.length === 0) throw lacking(name, 'no record');
      return sets.map((set) => leadTo(set, move.leads));
    case 'presence':
      return withoutRegion(name, sets, move.without);
    case 'presence-again':
      return withRegion(name, sets, move);
  }
}

export const standsAs = (name: string, sets: readonly ResourceRecordSet[], move: Move): boolean =>
  isDeepStrictEqual(afterMove(name, sets, move), sets);

/** The sets as they were found: what a lever edits goes back, and whatever someone else gave them since stays. */
export function asFound(
  all: readonly ResourceRecordSet[],
  found: readonly ResourceRecordSet[],
  move: Move,
): ResourceRecordSet[] {
  const now =
    move.edits === 'presence-again' ? all.filter(({ SetIdentifier }) => SetIdentifier !== move.setIdentifier) : all;
  const formerOf = (set: ResourceRecordSet) =>
    found.find(({ Type, SetIdentifier }) => Type === set.Type && SetIdentifier === set.SetIdentifier);
  const back = now.map((set) => {
    const former = formerOf(set);
    if (!former) return set;
    const { Weight, Failover, AliasTarget, ResourceRecords } = former;
    return {
      ...set,
      ...(Weight !== undefined && { Weight }),
      ...(Failover !== undefined && { Failover }),
      ...(AliasTarget !== undefined && { AliasTarget }),
      ...(ResourceRecords !== undefined && { ResourceRecords }),
    };
  });
  const gone = found.filter((former) => !now.some((set) => formerOf(set) === former));
  return [...back, ...gone];
}

/** There may be one record of each role and type: those of types other than A are exchanged with them. */
function inRoles(name: string, sets: readonly ResourceRecordSet[], primary: string): ResourceRecordSet[] {
  const pairs = sets.filter(({ Failover }) => Failover);
  const types = [...new Set(pairs.map(({ Type }) => Type))];
  const odd = types.find((type) => pairs.filter(({ Type }) => Type === type).length !== 2);
  if (types.length === 0 || odd !== undefined) {
    const count = pairs.filter(({ Type }) => Type === odd).length;
    throw lacking(name, `${count} failover records${odd ? ` of type ${odd}` : ''}, not two`);
  }
  return sets.map((set) =>
    set.Failover ? { ...set, Failover: set.SetIdentifier === primary ? 'PRIMARY' : 'SECONDARY' } : set,
  );
}

/** Route 53 sends anyone who was nearest to that region to the next one, but only where that one has a record. */
function withoutRegion(name: string, sets: readonly ResourceRecordSet[], identifier: string): ResourceRecordSet[] {
  const left = sets.filter(({ SetIdentifier }) => SetIdentifier !== identifier);
  const stranded = sets.find(({ Type }) => !left.some((one) => one.Type === Type));
  if (sets.length === 0 || stranded)
    throw lacking(name, `no ${stranded?.Type ?? ''} record beside those of ${identifier}, and would give no answer`);
  return left;
}

/** One record for each type of the other region's, made like that. */
function withRegion(
  name: string,
  sets: readonly ResourceRecordSet[],
  { setIdentifier, region, healthCheck, leads }: Extract<Move, { edits: 'presence-again' }>,
): ResourceRecordSet[] {
  if (sets.length === 0) throw lacking(name, 'no record');
  const missing = sets.filter(
    (set) => !sets.some((one) => one.Type === set.Type && one.SetIdentifier === setIdentifier),
  );
  const types = [...new Set(missing.map(({ Type }) => Type))];
  const made = types.map((type): ResourceRecordSet => {
    const { HealthCheckId: _, ...like } = missing.find(({ Type }) => Type === type) as ResourceRecordSet;
    const set = { ...like, SetIdentifier: setIdentifier, Region: region as NonNullable<ResourceRecordSet['Region']> };
    return leadTo(healthCheck === undefined ? set : { ...set, HealthCheckId: healthCheck }, leads);
  });
  return [...sets, ...made];
}

const lacking = (name: string, what: string): DrillError =>
  new DrillError('records-missing', `${name} has ${what}.`, { hint: 'Compare the topology with the hosted zone.' });

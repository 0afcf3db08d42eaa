import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DrillError } from '../../../errors.ts';
import { cliRegion } from '../../../partition.ts';
import type { Read } from '../../../steps/by-hand.ts';
import type { Standing, StepContext } from '../../../steps/step.ts';
import { changedMeanwhile, changeRecords, inSync } from './change-records.ts';
import { factsOf, leadingSetsOf, type Records } from './record-sets.ts';

/** Weight by set identifier; where types differ, by type and set identifier, such as `AAAA tokyo`. */
export type Weights = Record<string, number>;

/** Records of other types stand beside those of type A, and are moved with them. */
const keyOf = ({ Type, SetIdentifier = '' }: ResourceRecordSet): string =>
  Type === 'A' ? SetIdentifier : `${Type} ${SetIdentifier}`;

const weightFor = (set: ResourceRecordSet, weights: Weights): number | undefined =>
  weights[keyOf(set)] ?? weights[set.SetIdentifier ?? ''];

/** An UPSERT wants each record whole, so the records are read, given their weights and written back. */
export const weightsCommand = ({ region, zone, name }: Records, weights: Weights): string =>
  `aws route53 list-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && SetIdentifier]" | jq '${JSON.stringify(weights)} as $weights | {Changes: [.[] | .Weight = ($weights[.Type + " " + .SetIdentifier] // $weights[.SetIdentifier]) | {Action: "UPSERT", ResourceRecordSet: .}]}' | aws route53 change-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;

/** The weights of these records, for a person who reads them. */
export const weightsByHand = ({ region, zone, name }: Records, weights: Weights, read: Read): Weights =>
  Object.fromEntries(
    Object.keys(weights).map((key) => {
      const [set, type = 'A'] = key.split(' ').reverse();
      const ask = `aws route53 list-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && SetIdentifier=='${set}' && Type=='${type}'].Weight | [0]" --output text`;
      return [key, read.number(`weight of ${key}`, ask)];
    }),
  );

export const weightsOf = (sets: readonly ResourceRecordSet[]): Weights =>
  Object.fromEntries(
    sets.filter(({ SetIdentifier }) => SetIdentifier !== undefined).map((set) => [keyOf(set), set.Weight ?? 0]),
  );

export const weightsNow = async (records: Records, context: StepContext): Promise<Weights> =>
  weightsOf(await leadingSetsOf(records, context));

/** Whether every set of these identifiers has its weight, of whatever type it is. */
export function haveWeights(now: Weights, wanted: Weights): boolean {
  const plain = (key: string) => key.replace(/^[A-Z]+ /, '');
  return (
    Object.entries(now).every(([key, weight]) => (wanted[key] ?? wanted[plain(key)] ?? weight) === weight) &&
    Object.keys(wanted).every((key) => Object.keys(now).some((one) => one === key || plain(one) === key))
  );
}

/** How the name's records stand, and whether they have the weights. */
export async function weightsStanding(records: Records, weights: Weights, context: StepContext): Promise<Standing> {
  const sets = await leadingSetsOf(records, context);
  return { asAsked: haveWeights(weightsOf(sets), weights), facts: factsOf(sets) };
}

/** The sets with their weights, of all types. */
export function weighted(name: string, sets: readonly ResourceRecordSet[], weights: Weights): ResourceRecordSet[] {
  const missing = Object.keys(weights).filter(
    (key) => !sets.some((set) => keyOf(set) === key || set.SetIdentifier === key),
  );
  if (missing.length > 0) {
    throw new DrillError('record-missing', `${name} has no record with the set identifier ${missing.join(', ')}.`, {
      hint: 'Compare the topology with the hosted zone.',
    });
  }
  return sets.map((set) => {
    const Weight = weightFor(set, weights);
    return Weight === undefined ? set : { ...set, Weight };
  });
}

/**
 * Asks for the weights, of all types in one batch; gives the change, for `inSync` to wait for. Weights that someone else gave are not overwritten.
 * @param found what stood when the step looked, where it is known
 */
export function setWeights(
  records: Records,
  weights: Weights,
  context: StepContext,
  found?: Weights,
): Promise<{ change: string | null }> {
  const zone = { ...records, names: [records.name] };
  const wanted = (name: string, sets: ResourceRecordSet[]) => {
    const now = weightsOf(sets);
    if (found && !haveWeights(now, found) && !haveWeights(now, weights))
      throw changedMeanwhile(zone, { [name]: weighted(name, sets, found) }, { [name]: sets });
    return weighted(name, sets, weights);
  };
  return changeRecords(zone, wanted, context);
}

/** Gives the weights back, and waits until every name server has them; does nothing where they are as they were. */
export async function returnWeights(records: Records, former: Weights, context: StepContext): Promise<void> {
  const { change } = await setWeights(records, former, context);
  await inSync(records, change, context);
}

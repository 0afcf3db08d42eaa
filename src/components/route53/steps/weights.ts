import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DrillError } from '../../../errors.ts';
import { cliRegion } from '../../../partition.ts';
import type { Standing, StepContext } from '../../../steps/step.ts';
import { changedMeanwhile, changeRecords, inSync } from './change-records.ts';
import { factsOf, movable, movableSetsOf, type Records, setsOf } from './record-sets.ts';

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

const weightsOf = (sets: readonly ResourceRecordSet[]): Weights =>
  Object.fromEntries(sets.map((set) => [keyOf(set), set.Weight ?? 0]));

export const weightsNow = async (records: Records, context: StepContext): Promise<Weights> =>
  weightsOf(await movableSetsOf(records, context));

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
  const sets = await setsOf(records, context);
  return { asAsked: haveWeights(weightsOf(movable(sets)), weights), facts: factsOf(sets) };
}

/**
 * Asks for the weights, of all types in one batch; gives the change, for `inSync` to wait for. Each set is replaced as it was read, so
 * that Route 53 refuses the batch where somebody else has changed one. Weights that somebody else gave are not overwritten.
 * @param found what stood when the step looked, where it is known
 */
export function setWeights(
  records: Records,
  weights: Weights,
  context: StepContext,
  found?: Weights,
): Promise<{ change: string | null }> {
  let before: ResourceRecordSet[] | undefined;
  return changeRecords(
    records,
    (sets) => {
      const now = weightsOf(sets);
      const stood = before ? weightsOf(before) : found;
      if (stood && !haveWeights(now, stood) && !haveWeights(now, weights))
        throw changedMeanwhile(records, before ?? withWeights(sets, stood), sets);
      before ??= sets;
      const missing = Object.keys(weights).filter(
        (key) => !sets.some((set) => keyOf(set) === key || set.SetIdentifier === key),
      );
      if (missing.length > 0) {
        throw new DrillError(
          'record-missing',
          `${records.name} has no record with the set identifier ${missing.join(', ')}.`,
          { hint: 'Compare the topology with the hosted zone.' },
        );
      }
      return sets
        .filter((set) => weightFor(set, weights) !== undefined)
        .flatMap((set): Change[] => {
          const wanted = { ...set, Weight: weightFor(set, weights) };
          if (wanted.Weight === set.Weight) return [{ Action: 'UPSERT', ResourceRecordSet: set }];
          return [
            { Action: 'DELETE', ResourceRecordSet: set },
            { Action: 'CREATE', ResourceRecordSet: wanted },
          ];
        });
    },
    context,
  );
}

const withWeights = (sets: readonly ResourceRecordSet[], weights: Weights): ResourceRecordSet[] =>
  sets.map((set) => ({ ...set, Weight: weightFor(set, weights) ?? set.Weight }));

/** Gives the weights back, and waits until every name server has them; does nothing where they are as they were. */
export async function returnWeights(records: Records, former: Weights, context: StepContext): Promise<void> {
  if (haveWeights(await weightsNow(records, context), former)) return;
  const { change } = await setWeights(records, former, context);
  await inSync(records, change, context);
}

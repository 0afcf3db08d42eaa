import type { ComponentOf } from '../../drill/components.ts';
import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';

/** The sets of regions that DynamoDB joins with strong consistency. */
const REGION_SETS = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

/** Strong consistency takes three regions of one set; with eventual consistency a third one is nothing that a drill asks. */
export function consistencyFits(
  { consistency, third }: ComponentOf<'dynamodb-global-table'>,
  { regions }: Topology,
  path: Path,
): Complaint[] {
  const at = path.join('.');
  if (consistency === 'eventual') {
    if (third === undefined) return [];
    const expected = "consistency: strong, or no 'third'";
    return [complaint([...path, 'third'], `${at} has 'third', and eventual consistency`, { expected })];
  }
  if (third === undefined) {
    const expected = "the key 'third', with the region of the third replica or of the witness";
    return [complaint([...path, 'consistency'], `${at} has strong consistency in two regions only`, { expected })];
  }
  const all = [regions.primary, regions.recovery, third.region];
  if (new Set(all).size === 3 && REGION_SETS.some((set) => all.every((region) => set.includes(region)))) return [];
  const expected = `three different regions of one set: ${REGION_SETS.map((set) => set.join(', ')).join('; ')}`;
  const message = `DynamoDB has no strong consistency over ${all.join(', ')}`;
  return [complaint([...path, 'third', 'region'], message, { expected })];
}

/** The same table cannot be in two data stores, nor twice in one: it would be counted twice. */
export function tablesDiffer(
  { tables }: ComponentOf<'dynamodb-global-table'>,
  before: readonly ComponentOf<'dynamodb-global-table'>[],
  path: Path,
): Complaint[] {
  const known = before.flatMap((one) => one.tables);
  return tables.flatMap((table, index) =>
    known.includes(table) || tables.indexOf(table) < index
      ? [complaint([...path, 'tables', index], `there are two tables '${table}'`, { expected: 'a name of its own' })]
      : [],
  );
}

import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { type Aws, isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, type Discovered, plainName, without } from '../discovery.ts';

const MOST_DAYS = 35;
/** A table that drills write numbered items to is known by such keys. */
const OWN_KEYS = 'run,sequence';

/** The tables that both regions have a replica of: those that replicate in the same way are one data store. */
export const discoverTables: Discover<'dynamodb-global-table'> = async (aws, { primary, recovery }) => {
  const names = await listOf(aws, 'dynamodb', primary, 'ListTables', 'TableNames', {});
  const all = await Promise.all(names.map((TableName) => described(aws, primary, TableName)));
  const found = all.filter((table) => table !== undefined);
  const joined = found.filter(({ Replicas = [] }) => Replicas.some(({ RegionName }) => RegionName === recovery));
  const alone = found.filter((one) => !joined.includes(one)).flatMap(({ TableName }) => TableName ?? []);
  const groups = [...new Set(joined.map((one) => JSON.stringify(alikeBy(one, recovery))))].map((key) =>
    joined.filter((one) => JSON.stringify(alikeBy(one, recovery)) === key),
  );
  return {
    found: await Promise.all(groups.map((tables) => storeOf(aws, tables, { primary, recovery }))),
    passedOver: without(`tables of ${primary} without a replica in ${recovery}`, alone),
  };
};

async function described(aws: Aws, region: string, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await aws.call('dynamodb', region, 'DescribeTable', { TableName })).Table;
  } catch (error) {
    // It was deleted meanwhile.
    if (isAwsError(error, 'ResourceNotFound')) return undefined;
    throw error;
  }
}

const alikeBy = (
  { MultiRegionConsistency, Replicas = [], GlobalTableWitnesses = [] }: TableDescription,
  recovery: string,
) => ({
  strong: MultiRegionConsistency === 'STRONG',
  third: Replicas.flatMap(({ RegionName = '' }) => (RegionName === recovery ? [] : [RegionName])).toSorted(),
  witness: GlobalTableWitnesses.flatMap(({ RegionName = '' }) => RegionName),
});

async function storeOf(
  aws: Aws,
  tables: readonly TableDescription[],
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Discovered<'dynamodb-global-table'>> {
  const [first = {}] = tables;
  const { strong, third, witness } = alikeBy(first, recovery);
  const counted = tables.length > 1 ? tables.find(hasOwnKeys)?.TableName : undefined;
  const own = tables.flatMap(({ TableName }) => TableName ?? []).filter((name) => name !== counted);
  const days = await recoveryDays(aws, primary, own);
  const [region] = [...witness, ...third];
  return {
    id: own.length === 1 ? plainName(own[0] ?? '') : commonName(own[0], own.at(-1)),
    component: {
      kind: 'dynamodb-global-table',
      tables: own,
      ...(strong && { consistency: 'strong' as const }),
      ...(strong &&
        region !== undefined && { third: { region, ...(witness.length > 0 && { holds: 'witness' as const }) } }),
      ...(counted !== undefined && { heartbeats: { table: counted } }),
      ...(days !== undefined && { backups: { retention: `${days} d` } }),
    },
  };
}

const hasOwnKeys = ({ KeySchema = [] }: TableDescription): boolean =>
  KeySchema.map(({ AttributeName }) => AttributeName).join() === OWN_KEYS;

/** How far back every table can be restored; `undefined` where one cannot. */
async function recoveryDays(aws: Aws, region: string, tables: readonly string[]): Promise<number | undefined> {
  const all: number[] = [];
  for (const TableName of tables) {
    const { ContinuousBackupsDescription: found } = await aws.call('dynamodb', region, 'DescribeContinuousBackups', {
      TableName,
    });
    const { PointInTimeRecoveryStatus: status, RecoveryPeriodInDays: days = MOST_DAYS } =
      found?.PointInTimeRecoveryDescription ?? {};
    if (status !== 'ENABLED') return undefined;
    all.push(days);
  }
  return Math.min(...all);
}

import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookFor, together, UNSAID } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { findTable, onTables, replicaOf } from '../steps/table.ts';
import { SERVING } from '../steps/tables.ts';

type Need = NeedOf<'dynamodb-table'>;

/** A table in a region: that it serves, that its replicas do, and that it is as the topology says. */
export const tableLook: LookFor<'dynamodb-table'> = {
  calls: () => ['dynamodb:DescribeTable'],
  permissions: (need, account) => onTables(['dynamodb:DescribeTable'], [need], account),
  subject: ({ table }) => table,
  async look(need, context) {
    const found = await findTable(need, context);
    if (!found) return missing(need);
    return together([
      status(need, found),
      ...need.replicas.map((region) => replica(need, found, region)),
      consistency(need, found),
      ...(need.witness === undefined ? [] : [witness(need, need.witness, found)]),
      ...(need.keys ? [keys(need, need.keys, found)] : []),
      capacity(need, found),
    ]);
  },
};

const see = ({ region, table }: Need): string =>
  `See it: aws dynamodb describe-table --region ${region} --table-name ${table}`;

function missing(need: Need): Look {
  const { region, table } = need;
  const row = { what: `${table} in ${region}`, topology: 'ACTIVE', account: 'not there' };
  const what = `there is no table ${table} in ${region}`;
  const fix = `Correct the topology, or add a replica: aws dynamodb list-tables --region ${region}`;
  return fact(row, [blocker(table, what, 'Nothing could be read or written there.', fix)]);
}

function status(need: Need, found: TableDescription): Look {
  const { region, table } = need;
  const TableStatus: string = found.TableStatus ?? 'unknown';
  const row = { what: `${table} in ${region}`, topology: 'ACTIVE', account: TableStatus };
  if (SERVING.includes(TableStatus)) return fact(row);
  return fact(row, [
    blocker(table, `${table} in ${region} is ${TableStatus}`, 'A drill begins with tables that serve.', see(need)),
  ]);
}

function replica(need: Need, found: TableDescription, region: string): Look {
  const { table } = need;
  const { ReplicaStatus: account = 'not there' } = replicaOf(found, region) ?? {};
  const row = { what: `${table} replica in ${region}`, topology: 'ACTIVE', account };
  if (SERVING.includes(account)) return fact(row);
  const what =
    account === 'not there'
      ? `${table} has no replica in ${region}`
      : `the replica of ${table} in ${region} is ${account}`;
  const fix =
    account === 'not there'
      ? `Add it: aws dynamodb update-table --region ${need.region} --table-name ${table} --replica-updates '[{"Create":{"RegionName":"${region}"}}]'`
      : see(need);
  return fact(row, [blocker(table, what, 'What is written does not come there.', fix)]);
}

/** DynamoDB does not return it for a table without replicas. */
function consistency(
  need: Need,
  { MultiRegionConsistency, GlobalTableVersion, Replicas = [] }: TableDescription,
): Look {
  const { table, consistency: wanted } = need;
  const account = MultiRegionConsistency === 'STRONG' ? 'strong' : 'eventual';
  const row = { what: `${table} consistency`, topology: wanted, account };
  if (GlobalTableVersion === '2017.11.29') {
    const what = `${table} is a global table of version 2017.11.29`;
    const fix = 'Upgrade it to version 2019.11.21 in the console of DynamoDB.';
    return fact(row, [blocker(table, what, 'Its replicas are tables of their own, which no drill compares.', fix)]);
  }
  if (account === wanted || Replicas.length === 0) return fact(row);
  const what = `${table} has ${account} consistency, not ${wanted}`;
  const fix = `Correct 'consistency' in the topology. ${see(need)}`;
  return fact(row, [
    wanted === 'strong'
      ? blocker(table, what, 'A loss of the region loses writes that were acknowledged.', fix)
      : warning(table, what, 'The topology expects that a loss of the region can lose writes.', fix),
  ]);
}

function witness(need: Need, region: string, { GlobalTableWitnesses = [] }: TableDescription): Look {
  const { table } = need;
  const found = GlobalTableWitnesses.find(({ RegionName }) => RegionName === region);
  const account = found?.WitnessStatus ?? 'not there';
  const row = { what: `${table} witness in ${region}`, topology: 'ACTIVE', account };
  if (account === 'ACTIVE') return fact(row);
  const what = `the witness of ${table} in ${region} is ${account}`;
  return fact(row, [blocker(table, what, 'Without it the table takes no write once a region is lost.', see(need))]);
}

function keys(need: Need, wanted: NonNullable<Need['keys']>, found: TableDescription): Look {
  const { table } = need;
  const { KeySchema = [], AttributeDefinitions = [] } = found;
  const typeOf = (name: string | undefined) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? '?';
  const account = KeySchema.map(({ AttributeName }) => `${AttributeName} (${typeOf(AttributeName)})`).join(', ');
  const topology = `${wanted.partition} (S), ${wanted.sort} (${wanted.sortType})`;
  const row = { what: `${table} keys`, topology, account };
  if (account === topology) return fact(row);
  const what = `the keys of ${table} are ${account}, not ${topology}`;
  const fix = `Correct 'heartbeats' in the topology, or name another table. ${see(need)}`;
  return fact(row, [blocker(table, what, 'No numbered item could be written.', fix)]);
}

/** Writes take the same capacity in every region; reads may be given less elsewhere. */
function capacity(need: Need, found: TableDescription): Look {
  const { table, region } = need;
  const isOnDemand = found.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';
  const reads = found.ProvisionedThroughput?.ReadCapacityUnits ?? 0;
  const account = isOnDemand ? 'on demand' : `${reads} read units`;
  const findings: Finding[] = need.replicas.flatMap((other) => {
    const units = replicaOf(found, other)?.ProvisionedThroughputOverride?.ReadCapacityUnits;
    if (isOnDemand || units === undefined || units >= reads) return [];
    const what = `the replica of ${table} in ${other} has ${units} read units, and the one in ${region} ${reads}`;
    const why = 'Reads of all customers are throttled there until it is scaled.';
    return [warning(table, what, why, `Let Application Auto Scaling set both, or raise it. ${see(need)}`)];
  });
  return fact({ what: `${table} capacity in ${region}`, topology: UNSAID, account }, findings);
}

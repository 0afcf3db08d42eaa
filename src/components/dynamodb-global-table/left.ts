import type { Leaves } from '../left.ts';

/** What the steps of tables leave. */
export const tableLeaves: Leaves = {
  'dynamodb.add-replicas'({ params, before }) {
    const { region, other } = params as { region: string; other: string };
    const { lacking } = before as { lacking: string[] };
    return lacking.map((table) => ({
      ...tableLeft(other, table),
      left: 'changed' as const,
      attributes: [
        {
          path: 'replica',
          property: 'Replicas',
          otherForm: true as const,
          plan: 'revert' as const,
          means: `may delete the replica of ${table} in ${region}, if the configuration does not name it`,
        },
      ],
    }));
  },
  'dynamodb.restore-tables'({ params }) {
    const { region, copies } = params as { region: string; copies: { copy: string }[] };
    return copies.map(({ copy }) => ({ ...tableLeft(region, copy), left: 'made', id: copy }));
  },
  'dynamodb.delete-restored'({ params }) {
    const { region, copies } = params as { region: string; copies: { copy: string }[] };
    return copies.map(({ copy }) => ({ ...tableLeft(region, copy), left: 'gone' }));
  },
};

const tableLeft = (region: string, name: string) => ({
  types: ['aws_dynamodb_table'],
  where: { name },
  region,
  cloudFormation: { type: 'AWS::DynamoDB::GlobalTable', physicalId: name, importedBy: 'TableName' },
});

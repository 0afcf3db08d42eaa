import type { Example } from '../example.ts';

export const dynamodbGlobalTableExample: Example = {
  id: 'carts',
  drills: ['dynamodb-restore'],
  text: ({ system }) => `\
kind: dynamodb-global-table
tables: [${system}-carts]
# A global table with the keys run (S) and sequence (N), to which drills write numbered items.
heartbeats: { table: ${system}-dr-drill }
backups: { retention: 35 d }`,
};

import type { Example } from '../example.ts';

export const secretsExample: Example = {
  id: 'secrets',
  drills: ['secrets-restore'],
  text: ({ system }) => `\
kind: secrets
names: [${system}/database]`,
};

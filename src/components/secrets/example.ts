import type { Example } from '../example.ts';

export const secretsExample: Example = {
  id: 'secrets',
  text: ({ system }) => `\
kind: secrets
names: [${system}/database]`,
};

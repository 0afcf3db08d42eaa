import { DATABASE, type Example } from '../example.ts';

export const ecsExample: Example = {
  id: 'services',
  text: ({ system, hasDatabase }) => `\
kind: ecs
${hasDatabase ? `# The variable that holds the address of the database; restart: true where tasks read it elsewhere as they start.\nuses: { ${DATABASE}: { variable: DATABASE_HOST } }\n` : ''}primary: { cluster: ${system}-primary }
recovery: { cluster: ${system}-recovery }
services:
  - { name: ${system}-web, tasks: 6, standby: 1, critical: true }`,
};

import type { Example } from '../example.ts';

export const s3ReplicationExample: Example = {
  id: 'files',
  drills: ['object-store-recovery'],
  text: ({ system, primary, recovery }) => `\
kind: s3-replication
bucket: ${system}-files-${primary}
replica: ${system}-files-${recovery}`,
};

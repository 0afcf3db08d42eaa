import type { Example } from '../example.ts';

export const configurationArchiveExample: Example = {
  id: 'configuration',
  drills: ['configuration-restore'],
  text: ({ system }) => `\
kind: configuration-archive
bucket: ${system}-configuration
# What the keys of the archives begin with.
prefix: ${system}/
region: recovery
from: primary`,
};

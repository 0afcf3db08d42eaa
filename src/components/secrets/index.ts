import { afterFits } from '../fits.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverSecrets } from './discover.ts';
import { secretsExample } from './example.ts';
import { secretLook } from './looks.ts';
import { compareReplicas } from './steps/compare-replicas.ts';
import { deleteSecrets } from './steps/delete-secrets.ts';
import { restoreSecrets } from './steps/restore-secrets.ts';
import { restoreVersions } from './steps/restore-versions.ts';

/** Secrets that are replicated to the recovery region. */
export const secrets: KindOfComponent<'secrets'> = {
  kind: 'secrets',
  group: 'data',
  title: 'replicated secrets',
  verbs: {},
  steps: [compareReplicas, deleteSecrets, restoreSecrets, restoreVersions],
  looks: { secret: secretLook },
  discovery: { title: 'replicated secrets', discover: discoverSecrets },
  example: secretsExample,
  fits: afterFits,
};

import { databaseOf } from '../../steps/given.ts';
import { INSTANCE_LOOK, instancePermissions, troubleWith } from '../rds/instance.ts';
import type { TroubleOf } from '../verbs.ts';

/** What RDS says of an instance that nobody can log in to. */
export const instanceTrouble: TroubleOf = {
  calls: [INSTANCE_LOOK],
  needs(around) {
    const { region, instance } = databaseOf({ on: 'writer' }, around);
    return [{ need: 'rds-instance', region, instance, state: 'serving', role: 'writer' }];
  },
  permissions: ({ region, instance }, account) => instancePermissions(region, account, instance),
  look: ({ region, instance }, context, options) => troubleWith(context, region, instance, options),
};

import { arnOf, findInstance, isLost } from '../rds/instance.ts';
import type { TroubleOf } from '../verbs.ts';

/** Statuses in which somebody has ended an instance. */
const ENDED = ['deleting', 'stopped', 'stopping'];

/** What RDS says of an instance that nobody can log in to. */
export const instanceTrouble: TroubleOf = {
  calls: ['rds:DescribeDBInstances'],
  needs: (place) => [
    { need: 'rds-instance', region: place.region, instance: place.instance, state: 'serving', role: 'writer' },
  ],
  permissions: ({ region, instance }, account) => [
    { action: 'rds:DescribeDBInstances', resource: arnOf(region, account, instance) },
  ],
  async look({ region, instance }, context, options) {
    const found = await findInstance(context, region, instance, options);
    if (!found) return 'gone';
    const status = found.DBInstanceStatus ?? 'unknown';
    return isLost(found) || ENDED.includes(status) ? status : undefined;
  },
};

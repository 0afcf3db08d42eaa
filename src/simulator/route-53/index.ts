import { healthChecks } from './health-checks.ts';
import { records } from './records.ts';

/** Route 53 as its API answers. */
export const route53 = { ...records, ...healthChecks };

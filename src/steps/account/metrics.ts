import { inWords } from '../../duration.ts';
import { newestValue } from '../cloudwatch/metric.ts';
import { blocker, warning } from './findings.ts';
import type { LookFor } from './look.ts';

const MINUTE = 60_000;
/** A metric that is published every minute has several values by then, even if some came late. */
const PERIODS = 5;
const AT_LEAST_MS = 15 * MINUTE;

/** A metric that a step reads: someone must publish it now, or the step would wait in vain. */
export const metricLook: LookFor<'metric'> = {
  calls: () => ['cloudwatch:GetMetricData'],
  permissions: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  subject: ({ name }) => name,
  async look(need, context) {
    const { region, namespace, name, stat, periodMs } = need;
    const sinceMs = Math.max(AT_LEAST_MS, PERIODS * periodMs);
    const value = await newestValue(need, context.clock.nowMs() - sinceMs, context);
    const row = {
      what: `${namespace} ${name} in ${region}, ${stat}`,
      topology: `a value every ${inWords(periodMs)}`,
      account: value === undefined ? `none for ${inWords(sinceMs)}` : `newest value ${Number(value.toPrecision(4))}`,
    };
    if (value !== undefined) return { rows: [row], findings: [] };
    const what = `the metric ${name} of ${namespace} in ${region} has had no value for ${inWords(sinceMs)}`;
    const fix = `Correct 'service.metrics' of the public name in the topology: aws cloudwatch list-metrics --region ${region} --namespace ${namespace}`;
    if (need.for === 'detection') {
      const why = 'Detection continues with its other checks, and the metric decides nothing.';
      return { rows: [row], findings: [warning(name, what, why, fix)] };
    }
    const why = 'The verification would wait for a value in vain, and fail.';
    return { rows: [row], findings: [blocker(name, what, why, fix)] };
  },
};

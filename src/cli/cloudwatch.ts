import { regionsOf } from '../drill/regions.ts';
import type { Topology } from '../drill/topology.ts';
import { errorFacts } from '../errors.ts';
import { putMetrics } from '../telemetry/cloudwatch.ts';
import type { Metric } from '../telemetry/metrics.ts';
import type { LiveAccount } from './live-account.ts';

/** Where metrics go besides a collector. */
export type MetricsTo = 'cloudwatch';

/**
 * Sends metrics to CloudWatch in the recovery region of a topology: the other one may be lost. It never throws: what was not sent is told.
 */
export const toCloudWatchOf =
  (topology: Topology, account: LiveAccount) =>
  async (metrics: readonly Metric[], tell: (why: string) => void): Promise<void> => {
    const { gatewayOutside } = await import('./live-account.ts');
    const { signal } = new AbortController();
    const aws = gatewayOutside(account, regionsOf(topology))({ step: 'metrics', signal });
    try {
      await putMetrics(metrics, { aws, region: topology.regions.recovery, atMs: account.clock.wallMs() });
    } catch (error) {
      tell(`No metrics were sent to CloudWatch: ${errorFacts(error).message}. The journal has everything.`);
    }
  };

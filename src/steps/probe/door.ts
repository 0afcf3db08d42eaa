import type { Success } from '../../drill/live.ts';
import type { Topology } from '../../drill/topology.ts';
import { destinationOf } from '../../drill/traffic.ts';

/** The public door as a customer knows it, and what counts as having been served there. */
export const doorOf = ({ traffic, service }: Topology, probe: { timeout: number; success?: Success | undefined }) => ({
  name: traffic.name,
  url: `${service.scheme}://${traffic.name}${service.port === undefined ? '' : `:${service.port}`}${service.path}`,
  timeoutMs: probe.timeout,
  ...(probe.success && { success: probe.success }),
});

/** What is asked of each service behind the door. */
export const servicesOf = ({ traffic, service }: Topology) =>
  service.checks.map(({ name, path, every, failures, critical }) => ({
    name,
    url: `${service.scheme}://${traffic.name}${service.port === undefined ? '' : `:${service.port}`}${path}`,
    everyMs: every,
    failures,
    critical,
  }));

/** What the zone's own name servers are asked, and where each side's record leads; an accelerator's addresses tell no side. */
export const zoneWatchOf = ({ traffic }: Topology, everyMs: number) => ({
  name: traffic.name,
  everyMs,
  ...(traffic.lever !== 'global-accelerator-dials' && {
    sides: { primary: destinationOf(traffic.primary), recovery: destinationOf(traffic.recovery) },
  }),
});

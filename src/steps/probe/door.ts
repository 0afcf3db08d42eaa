import type { Success } from '../../drill/live.ts';
import type { Topology } from '../../drill/topology.ts';

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

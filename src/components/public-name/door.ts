import type { ComponentBehind } from '../../drill/components.ts';
import type { Success } from '../../drill/live.ts';
import { destinationOf } from './destination.ts';

/** The public door as a customer knows it, and what counts as having been served there. */
export const doorOf = (traffic: ComponentBehind<'dns'>, probe: { timeout: number; success?: Success | undefined }) => ({
  of: traffic.id,
  name: traffic.name,
  url: urlOf(traffic, traffic.service.path),
  timeoutMs: probe.timeout,
  ...(probe.success && { success: probe.success }),
});

/** What is asked of each service behind the door. */
export const servicesOf = (traffic: ComponentBehind<'dns'>) =>
  traffic.service.checks.map(({ name, path, every, failures, critical }) => ({
    name,
    url: urlOf(traffic, path),
    everyMs: every,
    failures,
    critical,
  }));

/** What the zone's own name servers are asked, and where each side's record leads; an accelerator's addresses tell no side. */
export const zoneWatchOf = (traffic: ComponentBehind<'dns'>, everyMs: number) => ({
  of: traffic.id,
  name: traffic.name,
  everyMs,
  ...(traffic.lever !== 'global-accelerator-dials' && {
    sides: { primary: destinationOf(traffic.primary), recovery: destinationOf(traffic.recovery) },
  }),
});

const urlOf = ({ name, service: { scheme, port } }: ComponentBehind<'dns'>, path: string): string =>
  `${scheme}://${name}${port === undefined ? '' : `:${port}`}${path}`;

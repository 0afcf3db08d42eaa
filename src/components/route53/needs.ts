import * as z from 'zod';
import { needOf, regionalNeed, text } from '../../steps/needs/place.ts';
import { describedTraffic } from './described.ts';

/** How steps call what they alter. */
export const things = {
  routingControls: (on: string, off: string) => `routing-controls/${[on, off].toSorted().join()}`,
  publicName: (name: string) => `public-name/${name}`,
};

/** The public name with its records, health checks and lever. The runbook fills in the topology's description. */
export const publicName = needOf('public-name', { name: text, described: describedTraffic.optional() }, ({ name }) =>
  things.publicName(name),
);

export const routingControls = needOf(
  'routing-controls',
  {
    /** The control that the drill turns on, and the one that it turns off. */
    on: text,
    off: text,
    endpoints: z.array(z.object({ region: text, url: text })),
  },
  ({ on, off }) => things.routingControls(on, off),
);

export const targetGroups = regionalNeed(
  'target-groups',
  {
    groups: z.array(text),
    /** The DNS names of the load balancers that they should be behind. */
    loadBalancers: z.array(text),
    /** Whether each must have a healthy target before the drill. */
    warm: z.boolean(),
  },
  ({ region, groups }) => `target-groups/${region}/${groups.toSorted().join()}`,
);

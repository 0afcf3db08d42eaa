import * as z from 'zod';
import { needOf, text } from '../../steps/needs/place.ts';
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

import * as z from 'zod';
import { describedTraffic } from '../account/described-traffic.ts';
import { text } from './place.ts';

/** The public name with its records, health checks and lever. The runbook fills in the topology's description. */
export const publicName = z.object({
  need: z.literal('public-name'),
  name: text,
  described: describedTraffic.optional(),
});

export const routingControls = z.object({
  need: z.literal('routing-controls'),
  /** The control that the drill turns on, and the one that it turns off. */
  on: text,
  off: text,
  endpoints: z.array(z.object({ region: text, url: text })),
});

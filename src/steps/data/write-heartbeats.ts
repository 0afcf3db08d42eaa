import * as z from 'zod';
import { heartbeatParams, writeHeartbeats } from '../probe/watches.ts';
import { defineStep } from '../step.ts';

const params = heartbeatParams.extend({ lastsMs: z.number() });

/** Writes heartbeat rows for a while, so that a restore has something to show how far it reaches. */
export const writeHeartbeatsFor = defineStep<z.output<typeof params>, { written: number }>({
  kind: 'data.write-heartbeats',
  params,
  plane: 'data',
  title: ({ instance, lastsMs }) => `Write heartbeat rows to ${instance} for ${lastsMs / 1000} s`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: () => 'psql -c "insert into dr_drill_heartbeat values (…, now())"  # again and again',
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async ({ lastsMs }) => ({ done: lastsMs === 0, underway: true, state: null }),
  settle: async (wanted, context) => ({
    written: wanted.lastsMs === 0 ? 0 : await writeHeartbeats(wanted, context, wanted.lastsMs),
  }),
});

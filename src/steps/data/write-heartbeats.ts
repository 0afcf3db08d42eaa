import * as z from 'zod';
import { inWords } from '../../duration.ts';
import { heartbeatParams, writeHeartbeats } from '../probe/watches.ts';
import { defineStep } from '../step.ts';
import { psql } from './psql.ts';

const params = heartbeatParams.extend({ lastsMs: z.number() });

/** Writes heartbeat rows for a while, so that a restore has something to show how far it reaches. */
export const writeHeartbeatsFor = defineStep<z.output<typeof params>, { written: number }>({
  kind: 'data.write-heartbeats',
  params,
  plane: 'data',
  title: ({ instance, lastsMs }) =>
    lastsMs === 0
      ? 'Write no heartbeat rows: the drill asks for none'
      : `Write heartbeat rows to ${instance} for ${inWords(lastsMs)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    `${psql(target, `insert into dr_drill_heartbeat values (${target.firstSequence}, now())`)}  # and so on, every ${inWords(target.everyMs)}`,
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async ({ lastsMs }) => ({ done: lastsMs === 0, state: null }),
  apply: (wanted, context) => writeHeartbeats(wanted, context, wanted.lastsMs),
  settle: async (_wanted, _context, _before, written) => ({ written: Number(written ?? 0) }),
});

import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import { NOBODY_LOGS_IN } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { clientLine } from './client-line.ts';
import { heartbeatParams, writeHeartbeats } from './heartbeat-rows.ts';
import { hasNoLogin } from './target.ts';

const params = heartbeatParams.extend({ lastsMs: z.number() });

/** Stands for the number of the row. */
const SEQUENCE = 'n-of-row';

/** Writes heartbeat rows for a while, so that a restore has something to show how far it reaches. */
export const writeHeartbeatsFor = defineStep<z.output<typeof params>, { written: number }>({
  kind: 'data.write-heartbeats',
  params,
  given: given(z.strictObject({ ...databaseGiven, every: duration, lasts: duration }), (asked, around) => ({
    ...databaseOf(asked, around),
    everyMs: asked.every,
    lastsMs: asked.lasts,
    firstSequence: around.startedAtMs,
  })),
  needs: (target) => (target.lastsMs === 0 ? [] : [loginTo(target, 'proof')]),
  plane: 'data',
  title: ({ instance, lastsMs }) =>
    lastsMs === 0
      ? 'Write no heartbeat rows: the drill asks for none'
      : `Write heartbeat rows to ${instance} for ${inWords(lastsMs)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.lastsMs === 0
      ? '# no rows are asked for'
      : `n=${target.firstSequence}; end=$((n + ${target.lastsMs / target.everyMs})); while [ "$n" -lt "$end" ]; do ${clientLine(target, `insert into dr_drill_heartbeat values (${SEQUENCE}, now())`).replace(SEQUENCE, '$n')}; n=$((n + 1)); sleep ${target.everyMs / 1_000}; done`,
  doneWhen: () => 'The command ends without an error.',
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async ({ lastsMs }) => ({ done: lastsMs === 0, state: null }),
  repeatable: true,
  async apply(wanted, context) {
    // A run that was taken up again writes to the same end: the time in between has passed.
    const begun = context.entries().find((entry) => entry.type === 'step-applying' && entry.step === context.step);
    const lateMs = begun ? context.clock.nowMs() - Date.parse(begun.at) : 0;
    const written = await writeHeartbeats(wanted, context, wanted.lastsMs - lateMs);
    const isAnyThere = context.entries().some(({ type }) => type === 'heartbeats');
    if (isAnyThere || hasNoLogin(wanted, context)) return written;
    throw new DrillError(
      'no-heartbeats',
      `Not one heartbeat row could be written to ${wanted.instance} in ${inWords(wanted.lastsMs)}.`,
      {
        hint: "Check the data store's 'login' in the topology: without rows, the drill cannot tell how recent the restored data is.",
      },
    );
  },
  async settle(wanted, context, _before, written) {
    if (wanted.lastsMs > 0 && hasNoLogin(wanted, context)) context.notDone(NOBODY_LOGS_IN);
    return { written: Number(written ?? 0) };
  },
});

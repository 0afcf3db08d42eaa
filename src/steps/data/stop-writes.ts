import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { onOneLine } from '../../drill/sql-text.ts';
import { DrillError } from '../../errors.ts';
import { isAsked } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { patiently, until } from '../poll.ts';
import { defineStep } from '../step.ts';
import { clientLine } from './client-line.ts';
import { dialects } from './dialects/index.ts';
import { targetSchema } from './target.ts';
import {
  allowCommand,
  allowWrites,
  ask,
  endSessions,
  isReadOnly,
  openWrites,
  readOnlyFromNowOn,
  takesOrRefuses,
  whereWritesStop,
} from './writing.ts';

const params = targetSchema.extend({ drainMs: z.number() });

/**
 * Stops all writes while reads continue: each new session may only read, transactions that are writing get time to end, and then every
 * session has to reconnect. A role could say otherwise for itself: it is no fence, and one follows before another writer opens.
 */
export const stopWrites = defineStep<z.output<typeof params>>({
  kind: 'data.stop-writes',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      drain: duration.default(10_000).describe('How long open write transactions may continue.'),
    }),
    ({ drain, ...asked }, around) => ({ ...whereWritesStop(databaseOf(asked, around)), drainMs: drain }),
  ),
  needs: (target) => [loginTo(target, 'work')],
  plane: 'data',
  title: ({ instance }) => `Stop writes to ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    [readOnlyFromNowOn(target.database), endSessions]
      .map(({ text }) => onOneLine(clientLine(target, text)))
      .join(' && '),
  doneWhen: ({ instance }) => `${instance} refuses writes, and no session of an application is left.`,
  usuallyMs: () => 5_000,

  async observe(target, context) {
    const stopped = await isReadOnly(target, context);
    const [writes] = await ask(target, openWrites, context);
    if (!writes?.seen) throw unseen(target);
    return { done: false, underway: stopped, state: { stopped } };
  },

  repeatable: true,
  async apply(target, context) {
    await patiently(context, async () => {
      if (!(await isReadOnly(target, context))) await ask(target, readOnlyFromNowOn(target.database), context);
    });
    return undefined;
  },

  async settle(target, context) {
    const untilMs = context.clock.nowMs() + target.drainMs;
    await until(context, async () => {
      const [row] = await ask(target, openWrites, context);
      return Number(row?.open) === 0 || context.clock.nowMs() >= untilMs ? true : undefined;
    });
    await until(context, async () => {
      await ask(target, endSessions, context);
      return (await takesOrRefuses(target, context)) ? undefined : true;
    });
    return null;
  },

  undo: (target, context) => allowWrites(target, context),
  undoCommand: allowCommand,
});

const unseen = ({ instance, engine }: z.output<typeof params>): DrillError => {
  const grant = isAsked(engine) ? (dialects[engine].stop?.grant('<role>') ?? '') : '';
  const what = `Who is still writing to ${instance} cannot be seen: writes would be cut off.`;
  return new DrillError('cannot-see-writes', what, {
    hint: `Let the role of the topology’s login see and end sessions: ${grant}`,
  });
};

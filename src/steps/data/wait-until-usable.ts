import * as z from 'zod';
import { inSql } from '../../components/schemas.ts';
import { DrillError } from '../../errors.ts';
import type { Severity } from '../../journal/events.ts';
import { isAsked, NOBODY_LOGS_IN } from '../../ports/sql.ts';
import { noteOnce } from '../account/findings.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { keepsFailing } from '../keeps-failing.ts';
import { loginTo } from '../needs.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { clientLine } from './client-line.ts';
import { dialects } from './dialects/index.ts';
import { isStandby } from './heartbeat.ts';
import { rowCounts } from './table-contents.ts';
import { databaseAt, hasNoLogin, targetSchema } from './target.ts';

const params = targetSchema.extend({
  tables: z.array(z.string()),
});

const LOOK_EVERY_MS = 2_000;

/** Waits until the database answers a real question: a restored one is `available` before its blocks are loaded. */
export const waitUntilUsable = defineStep<z.output<typeof params>>({
  kind: 'data.wait-until-usable',
  params,
  given: given(z.strictObject(databaseGiven), (asked, around) => ({
    ...databaseOf(asked, around),
    tables: around.dataChecks.tables,
  })),
  needs: (target) => [loginTo(target, 'proof')],
  plane: 'data',
  title: ({ instance }) => `Wait until ${instance} answers`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    `until ${clientLine(target, target.tables.length === 0 ? 'select 1' : `select count(*) from ${target.tables[0]}`)}; do sleep 2; done`,
  doneWhen: ({ instance }) => `The command ends: ${instance} answers.`,
  usuallyMs: () => 15_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(asked, context) {
    const { region, instance, database, tables } = asked;
    if (hasNoLogin(asked, context)) {
      context.notDone(NOBODY_LOGS_IN);
      return null;
    }
    const target = { region, instance, name: database };
    const asking = keepsFailing(context, `asking ${instance}`);
    await until(
      context,
      async () => {
        try {
          const question = tables.length === 0 ? isStandby : rowCounts(tables, context.clock.nowMs(), 10_000);
          await context.sql.query(target, question, { timeoutMs: 12_000, signal: context.signal });
          return true;
        } catch (error) {
          context.signal.throwIfAborted();
          // A mistake in the set-up, such as a wrong password, does not pass by waiting.
          if (error instanceof DrillError) {
            notePassword(asked, context);
            throw error;
          }
          // An answer all the same: what its tables lack is for the data checks to say.
          if ((error as Error).name === 'QueryFailed') return true;
          asking.failed(error, LOOK_EVERY_MS);
          return undefined;
        }
      },
      { maxMs: LOOK_EVERY_MS },
    );
    notePassword(asked, context);
    return null;
  },
});

/** A restored database has the passwords of its backup; they may have been rotated since. */
function notePassword(target: z.output<typeof targetSchema>, context: StepContext): void {
  const used = context.sql.passwordUsed?.(databaseAt(target));
  const { instance: subject, engine, cluster = false } = target;
  const toMaster = inSql(cluster).masterPasswordCommand;
  const renew = isAsked(engine) ? `, and give the login its current password: ${dialects[engine].newPassword};` : '';
  const fix = `Log in as the master user (${toMaster} gives it a new password)${renew}`;
  const told = (severity: Severity, what: string, why: string) =>
    noteOnce([{ severity, subject, what, why, fix }], context);
  if (used === 'AWSPREVIOUS') {
    const what = `${subject} takes the password of before the last rotation: AWSPREVIOUS opened it`;
    told('warning', what, 'Its backup is older than the rotation: applications that read the secret are refused.');
  } else if (used === 'neither') {
    const what = `neither the current password nor the one before it (AWSPREVIOUS) opens ${subject}`;
    told('blocker', what, 'Its backup is older than the last two rotations, or the login was not in it.');
  }
}

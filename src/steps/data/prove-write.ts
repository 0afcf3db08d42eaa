import * as z from 'zod';
import { NOBODY_LOGS_IN } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { clientLine } from './client-line.ts';
import { proveWrite } from './heartbeat.ts';
import { ROLES_SETTLE_MS, takesWrites } from './takes-writes.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const params = targetSchema;

/** Sees a database take a write. Decides the verdict; where nobody can log in, nothing is proven. */
export const proveThatItTakesWrites = defineStep<z.output<typeof params>>({
  kind: 'data.prove-write',
  params,
  given: given(z.strictObject(databaseGiven), (asked, around) => databaseOf(asked, around)),
  needs: (target) => [loginTo(target, 'proof')],
  plane: 'data',
  title: ({ instance }) => `Check that ${instance} takes a write`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) => clientLine(target, proveWrite.text),
  doneWhen: ({ instance }) => `${instance} takes the row.`,
  usuallyMs: () => 100,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database }, context) {
    if (hasNoLogin({ region, instance, database }, context)) {
      context.notDone(NOBODY_LOGS_IN);
      return null;
    }
    const { takes, detail } = await takesWrites({ region, instance, name: database }, context, {
      refusesForMs: ROLES_SETTLE_MS,
    });
    context.record({
      ...{ type: 'check', check: 'takes-writes', layer: 'verification', critical: true },
      ok: takes === true,
      detail: takes ? detail : `${instance} took no write: ${detail}`,
    });
    return null;
  },
});

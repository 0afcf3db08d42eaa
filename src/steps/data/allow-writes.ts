import * as z from 'zod';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { targetSchema } from './target.ts';
import { allowCommand, allowWrites, isReadOnly, takesOrRefuses, whereWritesStop } from './writing.ts';

const params = targetSchema;

/** Opens a database whose writes were stopped: the setting has come along with the data, and a new writer begins with it. */
export const openForWrites = defineStep<z.output<typeof params>>({
  kind: 'data.allow-writes',
  params,
  given: given(z.strictObject({ ...databaseGiven, on: databaseGiven.on.default('replica') }), (asked, around) =>
    whereWritesStop(databaseOf(asked, around)),
  ),
  needs: (target) => [loginTo(target, 'work')],
  plane: 'data',
  title: ({ instance }) => `Let ${instance} take writes`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: allowCommand,
  doneWhen: ({ instance }) => `${instance} takes writes again.`,
  usuallyMs: () => 1_000,

  async observe(target, context) {
    return { done: !(await isReadOnly(target, context)) && (await takesOrRefuses(target, context)), state: null };
  },

  repeatable: true,
  async apply(target, context) {
    await allowWrites(target, context);
    return undefined;
  },
});

import * as z from 'zod';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { patiently } from '../poll.ts';
import { defineStep } from '../step.ts';
import { type CarriedSchema, carriedSchema, dropCarried, observeCarried, schemaName } from './carried-schema.ts';
import { carryingIn } from './carrying/index.ts';
import { clientLine } from './client-line.ts';
import { hasNoLogin } from './target.ts';

/** Drops the schema that a drill created in the live database for copied tables, and no other. */
export const dropWhatWasCarried = defineStep<CarriedSchema>({
  kind: 'data.drop-carried',
  params: carriedSchema,
  given: given(z.strictObject({ on: databaseGiven.on, schema: schemaName }), ({ on, schema }, around) => ({
    ...databaseOf({ on }, around),
    schema,
    drill: around.drill,
  })),
  needs: (target) => [loginTo(target, 'proof')],
  plane: 'data',
  title: ({ schema, instance }) => `Drop ${schema} from ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) => clientLine(target, carryingIn(target.engine).dropSchema(target.schema).text),
  doneWhen: ({ schema }) => `The schema ${schema} is gone.`,
  usuallyMs: () => 500,
  observe: (target, context) =>
    hasNoLogin(target, context) ? Promise.resolve({ done: true, state: null }) : observeCarried(target, context),
  async apply(target, context) {
    await patiently(context, () => dropCarried(target, context));
    return undefined;
  },
});

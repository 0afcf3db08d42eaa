import * as z from 'zod';
import { isRefusal } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { defineStep } from '../step.ts';
import { proveWrite } from './heartbeat.ts';
import { psql } from './psql.ts';

const params = z.object({ region: z.string(), instance: z.string(), database: z.string() });

/** Sees a database take a write. Decides the verdict; where nobody can log in, nothing is proven. */
export const proveThatItTakesWrites = defineStep<z.output<typeof params>>({
  kind: 'data.prove-write',
  params,
  given: given(z.strictObject(databaseGiven), (asked, around) => databaseOf(asked, around)),
  plane: 'data',
  title: ({ instance }) => `See ${instance} take a write`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) => psql(target, proveWrite.text),
  usuallyMs: () => 100,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database }, { sql, signal, record }) {
    if (sql.withoutLogin) return null;
    const note = (ok: boolean, detail: string) =>
      record({ type: 'check', check: 'takes-writes', layer: 'verification', critical: true, ok, detail });
    try {
      await sql.query({ region, instance, name: database }, proveWrite, { timeoutMs: 5_000, signal });
      note(true, `${instance} took a write`);
    } catch (error) {
      signal.throwIfAborted();
      if (!isRefusal(error)) throw error;
      note(false, `${instance} took no write: ${(error as Error).message}`);
    }
    return null;
  },
});

import * as z from 'zod';
import type { Entry, Json } from '../journal/events.ts';
import { entriesOf } from './reading.ts';

const rows: z.ZodType<Json[]> = z.array(z.json()) as z.ZodType<Json[]>;

/** One question to the recovered data, and its answer. Source: a `data-check` event. */
export const dataCheckSchema = z.strictObject({
  check: z.string(),
  title: z.string(),
  instance: z.string(),
  ok: z.boolean().nullable().describe('Null if the check did not run.'),
  detail: z.string(),
  rows,
});

/** The last look of a detection or verification check, and how many looks there were. Source: `check` events. */
export const checkSchema = z.strictObject({
  check: z.string(),
  layer: z.enum(['infrastructure', 'service', 'business', 'verification']),
  critical: z.boolean(),
  ok: z.boolean(),
  detail: z.string(),
  looks: z.int(),
  failed: z.int(),
});

export type DataCheck = z.output<typeof dataCheckSchema>;
export type Check = z.output<typeof checkSchema>;

/** Each data check once, as it was last answered on its instance. */
export function dataChecks(entries: readonly Entry[]): DataCheck[] {
  const last = new Map<string, DataCheck>();
  for (const { check, title, instance, ok, detail, rows } of entriesOf(entries, 'data-check')) {
    last.set(`${instance}/${check}`, { check, title, instance, ok, detail, rows });
  }
  return [...last.values()];
}

/** What a step did not see as it should be, of the entries filed under it: checks as they last stood, data checks not made, and warnings. */
export function seenBy(own: readonly Entry[]): { failed: number; warned: number } {
  const data = dataChecks(own);
  const failed = checks(own).filter(({ layer, ok }) => layer === 'verification' && !ok).length;
  return {
    failed: failed + data.filter(({ ok }) => ok === false).length,
    warned:
      entriesOf(own, 'finding').filter(({ severity }) => severity !== 'note').length +
      data.filter(({ ok }) => ok === null).length,
  };
}

/** Each check once, as it last stood. */
export function checks(entries: readonly Entry[]): Check[] {
  const last = new Map<string, Check>();
  for (const { check, layer, critical, ok, detail } of entriesOf(entries, 'check')) {
    const key = `${layer}/${check}`;
    const before = last.get(key);
    const looks = (before?.looks ?? 0) + 1;
    last.set(key, { check, layer, critical, ok, detail, looks, failed: (before?.failed ?? 0) + (ok ? 0 : 1) });
  }
  return [...last.values()];
}

import * as z from 'zod';
import { isoTime } from '../../clock/clock.ts';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import type { EventOf } from '../../journal/events.ts';
import { given } from '../given.ts';
import { defineStep, type StepContext } from '../step.ts';
import { heard, noteRefused, refusedBy } from './heard.ts';

const text = z.string().min(1);
const itemSchema = z.object({ item: text, role: text });

const params = z.object({ items: z.array(itemSchema).min(1), eachMs: z.number() });
type Params = z.output<typeof params>;

const LOOK_EVERY_MS = 1_000;

/**
 * Asks people one item after another whether it is done or known. What they answer, and after how long, decides the verdict: an item
 * that someone says no to, or that nobody answers, fails it, and the list continues.
 */
export const checklist = defineStep<Params, { done: number; items: number }>({
  kind: 'people.checklist',
  params,
  given: given(
    z.strictObject({
      items: z
        .array(
          z.strictObject({ item: text.describe('What must be done or known, as a question or a task.'), role: text }),
        )
        .min(1)
        .refine(
          (items) => new Set(items.map((one) => one.item)).size === items.length,
          'expected items that all differ',
        ),
      each: duration.default(300_000).describe('How long to wait for an answer. Default: 5 min.'),
    }),
    ({ items, each }) => ({ items, eachMs: each }),
    { lastsMs: ({ items, each }) => items.length * each },
  ),
  needs: () => [],
  plane: 'data',
  title: ({ items }) =>
    `Go through ${items.length === 1 ? 'one item' : `${items.length} items`}: ${rolesOf(items).join(', ')}`,
  calls: [],
  permissions: () => [],
  command: ({ items }) => `# ask: ${items.map((one) => `${one.item} (${one.role})`).join('; ')}`,
  doneWhen: () => 'Each question has an answer. Write down who answered, and when.',
  usuallyMs: ({ items, eachMs }) => items.length * Math.min(60_000, eachMs),
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ items, eachMs }, context) {
    let done = 0;
    for (const one of items) if (await answered(one, eachMs, context)) done += 1;
    return { done, items: items.length };
  },
});

const rolesOf = (items: Params['items']): string[] => [...new Set(items.map(({ role }) => role))];

/** Waits for one item's answer, and journals it with what it means for the verdict. */
async function answered(
  { item, role }: z.output<typeof itemSchema>,
  eachMs: number,
  context: StepContext,
): Promise<boolean> {
  const { clock, people, record, signal, step } = context;
  const known = ofItem('check', item, context);
  if (known) return known.ok;
  const untilMs = askedUntilMs(item, context) ?? clock.nowMs() + eachMs;
  if (askedUntilMs(item, context) === undefined)
    record({ type: 'approval-asked', step, role, question: item, item, until: isoTime(untilMs) });
  await people.ask({ step, role, question: item, item, untilMs }, signal);
  const note = (ok: boolean, detail: string): boolean => {
    record({ type: 'check', check: `${step}: ${item}`, layer: 'verification', critical: true, ok, detail });
    return ok;
  };
  let lookedMs = untilMs - eachMs;
  for (;;) {
    const nowMs = clock.nowMs();
    const answer = ofItem('answered', item, context) ?? (await firstAnswer(item, role, lookedMs, context));
    lookedMs = nowMs;
    if (answer) {
      const { by, approves, reason } = answer;
      return note(approves, `${by}: ${approves ? 'yes' : 'no'}${reason === undefined ? '' : `, ${reason}`}`);
    }
    if (clock.nowMs() >= untilMs) return note(false, `no one answered for the ${role} within ${inWords(eachMs)}`);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Journals the first answer to an item. */
async function firstAnswer(item: string, role: string, sinceMs: number, context: StepContext) {
  const { people, record, signal, step } = context;
  const about = (await people.answers(signal)).filter((one) => one.step === step && one.item === item);
  const found = about.find((one) => {
    const refused = refusedBy(one, [role]);
    if (refused !== undefined) noteRefused(one, refused, context);
    return refused === undefined;
  });
  if (!found) return undefined;
  const answer = heard(found, sinceMs, context);
  record({ type: 'answered', step, ...answer });
  return answer;
}

const askedUntilMs = (item: string, context: StepContext): number | undefined => {
  const asked = ofItem('approval-asked', item, context);
  return asked && Date.parse(asked.until);
};

function ofItem<T extends 'approval-asked' | 'answered' | 'check'>(
  type: T,
  item: string,
  { entries, step }: StepContext,
) {
  return entries().find((entry): entry is EventOf<T> => {
    if (entry.type !== type) return false;
    if (entry.type === 'check') return entry.check === `${step}: ${item}`;
    return (entry.type === 'approval-asked' || entry.type === 'answered') && entry.step === step && entry.item === item;
  });
}

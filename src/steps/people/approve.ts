import * as z from 'zod';
import { isoTime } from '../../clock/clock.ts';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import type { EventOf } from '../../journal/events.ts';
import { given } from '../given.ts';
import { defineStep, type StepContext } from '../step.ts';
import { heard, noteRefused, refusedBy } from './heard.ts';
import { differentPeople } from './person.ts';

const params = z.object({
  question: z.string(),
  people: z.int().positive(),
  roles: z.array(z.string()).min(1),
  eachMs: z.number(),
  otherwise: z.enum(['stop', 'go-on']),
});
type Params = z.output<typeof params>;

const LOOK_EVERY_MS = 1_000;

/**
 * Waits until enough different people have approved. Who does not answer in time is passed over for the next role; when all have been
 * asked in vain, the drill's file decides. One refusal is enough to stop.
 */
export const approve = defineStep<Params, { approvedBy: string[] }>({
  kind: 'people.approve',
  params,
  given: given(
    z.strictObject({
      question: z.string().min(1),
      people: z.int().min(1).max(5).default(1),
      roles: z.array(z.string().min(1)).min(1).default(['incident commander']),
      each: duration.default(300_000),
      otherwise: z.enum(['stop', 'go-on']).default('stop'),
    }),
    ({ each, ...asked }) => ({ ...asked, eachMs: each }),
    { lastsMs: ({ roles, each }) => roles.length * each },
  ),
  needs: () => [],
  plane: 'data',
  title: ({ people, roles }) => `Have ${people === 1 ? 'one person' : `${people} people`} approve: ${roles.join(', ')}`,
  calls: [],
  permissions: () => [],
  command: ({ question }) => `# ask: ${question}`,
  doneWhen: ({ people }) =>
    `${people === 1 ? 'One person has' : `${people} people have`} said yes. Write down who, and when.`,
  usuallyMs: ({ eachMs }) => Math.min(60_000, eachMs),
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const { clock, signal } = context;
    let lookedMs = firstAskedMs(context) ?? clock.nowMs();
    for (;;) {
      const nowMs = clock.nowMs();
      await hear(context, lookedMs, wanted.roles);
      lookedMs = nowMs;
      const approvedBy = approversIn(context);
      if (approvedBy.length >= wanted.people) return { approvedBy };
      const asked = askedIn(context);
      const waiting = asked.filter(({ until }) => Date.parse(until) > clock.nowMs()).length;
      const missing = wanted.people - approvedBy.length - waiting;
      const next = wanted.roles.slice(asked.length, asked.length + Math.max(0, missing));
      for (const role of next) await ask(role, wanted, context);
      if (waiting === 0 && next.length === 0) return lapsed(wanted, approvedBy, context);
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  },
});

async function ask(role: string, { question, eachMs }: Params, context: StepContext): Promise<void> {
  const untilMs = context.clock.nowMs() + eachMs;
  context.record({ type: 'approval-asked', step: context.step, role, question, until: isoTime(untilMs) });
  await context.people.ask({ step: context.step, role, question, untilMs }, context.signal);
}

/** Journals the answers that are new, and stops at a refusal. One that names no question is for the first that hears it. */
async function hear(context: StepContext, sinceMs: number, roles: readonly string[]): Promise<void> {
  const { step } = context;
  for (const answer of await context.people.answers(context.signal)) {
    const { by, approves, reason, step: to } = answer;
    const said = isoTime(answer.atMs);
    const isKnown = context
      .entries()
      .filter((entry) => entry.type === 'answered')
      .some((one) => one.by === by && (one.said ?? one.answeredAt) === said && (to ?? one.step) === one.step);
    if (isKnown || (to ?? step) !== step) continue;
    const refused = refusedBy(answer, roles);
    if (refused !== undefined) {
      noteRefused(answer, refused, context);
      continue;
    }
    context.record({ type: 'answered', step, ...heard(answer, sinceMs, context) });
    if (approves) continue;
    throw new DrillError('refused', `${by} refused${reason === undefined ? '' : `: ${reason}`}.`);
  }
}

const firstAskedMs = (context: StepContext): number | undefined => {
  const [first] = askedIn(context);
  return first && Date.parse(first.at);
};

const approversIn = ({ entries, step }: StepContext): string[] =>
  differentPeople(
    entries().flatMap((entry) => (entry.type === 'answered' && entry.step === step && entry.approves ? entry.by : [])),
  );

const askedIn = ({ entries, step }: StepContext): EventOf<'approval-asked'>[] =>
  entries()
    .filter((entry) => entry.type === 'approval-asked')
    .filter((asked) => asked.step === step);

function lapsed({ otherwise, roles, eachMs, people }: Params, approvedBy: string[], { record }: StepContext) {
  const what = `${approvedBy.length} of ${people} approved; ${roles.join(', ')} had ${inWords(eachMs)} each`;
  record({ type: 'approval-lapsed', otherwise, what });
  if (otherwise === 'go-on') return { approvedBy };
  throw new DrillError('not-approved', `It was not approved: ${what}.`, {
    hint: "The drill file decides what happens then: 'otherwise' of the approval.",
  });
}

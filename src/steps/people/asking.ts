import * as z from 'zod';
import { isoTime } from '../../clock/clock.ts';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import type { EventOf } from '../../journal/events.ts';
import type { StepContext } from '../step.ts';
import { heard, noteRefused, refusedBy } from './heard.ts';
import { differentPeople } from './person.ts';

const MINUTE = 60_000;

/** Who is asked where the drill names nobody: the handbook's escalation. */
export const ESCALATION = {
  people: 1,
  roles: ['on-call engineer', 'team lead', 'architect', 'CTO'],
  each: 5 * MINUTE,
  otherwise: 'stop' as const,
};

/** Who decides whether a drill continues, as a drill file says it. */
export const decidersGiven = z
  .strictObject({
    people: z.int().min(1).max(5).default(ESCALATION.people),
    roles: z.array(z.string().min(1)).min(1).default(ESCALATION.roles),
    each: duration.default(ESCALATION.each).describe('How long to wait for each answer.'),
  })
  .default({ people: ESCALATION.people, roles: ESCALATION.roles, each: ESCALATION.each })
  .describe('The roles to ask, in this order, until one answers; if none does, the drill stops.');

export const deciders = z.object({ people: z.int().positive(), roles: z.array(z.string()).min(1), eachMs: z.number() });
export type Deciders = z.output<typeof deciders>;

export const decidersOf = ({ each, people, roles }: z.output<typeof decidersGiven>): Deciders => ({
  people,
  roles,
  eachMs: each,
});

/** What people are asked, whom, and what happens when nobody answers. */
export interface Asked extends Deciders {
  question: string;
  otherwise: 'stop' | 'go-on';
  /** What the question is about, where another step than one for approvals asks: all changes and deadlines wait for the decision. */
  about?: string;
}

const LOOK_EVERY_MS = 1_000;

/**
 * Waits until enough different people have approved. If someone does not answer in time, the next role is asked; when all have been
 * asked in vain, `otherwise` decides. One refusal is enough to stop.
 */
export async function approvedBy(wanted: Asked, context: StepContext): Promise<string[]> {
  const { clock, signal } = context;
  let lookedMs = firstAskedMs(context) ?? clock.nowMs();
  for (;;) {
    const nowMs = clock.nowMs();
    await hear(context, lookedMs, wanted.roles);
    lookedMs = nowMs;
    const approvers = approversIn(context);
    if (approvers.length >= wanted.people) return approvers;
    const asked = askedIn(context);
    const waiting = asked.filter(({ until }) => Date.parse(until) > clock.nowMs()).length;
    const missing = wanted.people - approvers.length - waiting;
    const next = wanted.roles.slice(asked.length, asked.length + Math.max(0, missing));
    for (const role of next) await ask(role, wanted, context);
    if (waiting === 0 && next.length === 0) return lapsed(wanted, approvers, context);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function ask(role: string, { question, eachMs, about, people, roles }: Asked, context: StepContext) {
  const untilMs = context.clock.nowMs() + eachMs;
  const beside = about === undefined ? {} : { about, people, roles: [...roles] };
  context.record({ type: 'approval-asked', step: context.step, role, question, until: isoTime(untilMs), ...beside });
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

function lapsed({ otherwise, roles, eachMs, people }: Asked, approvers: string[], { record }: StepContext) {
  const what = `${approvers.length} of ${people} approved; ${roles.join(', ')} had ${inWords(eachMs)} each`;
  record({ type: 'approval-lapsed', otherwise, what });
  if (otherwise === 'go-on') return approvers;
  throw new DrillError('not-approved', `It was not approved: ${what}.`, {
    hint: "The drill file decides what happens then: 'otherwise' of the approval.",
  });
}

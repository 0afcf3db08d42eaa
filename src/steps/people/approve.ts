import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { given } from '../given.ts';
import { defineStep } from '../step.ts';
import { approvedBy } from './asking.ts';

const params = z.object({
  question: z.string(),
  people: z.int().positive(),
  roles: z.array(z.string()).min(1),
  eachMs: z.number(),
  otherwise: z.enum(['stop', 'go-on']),
});
type Params = z.output<typeof params>;

/** Waits until enough different people have approved; the drill file says whom to ask, and what happens when nobody answers. */
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
  title: ({ people, roles }) =>
    `Get the approval of ${people === 1 ? 'one person' : `${people} people`}: ${roles.join(', ')}`,
  calls: [],
  permissions: () => [],
  command: ({ question }) => `# ask: ${question}`,
  doneWhen: ({ people }) =>
    `${people === 1 ? 'One person has' : `${people} people have`} said yes. Write down who, and when.`,
  usuallyMs: ({ eachMs }) => Math.min(60_000, eachMs),
  observe: async () => ({ done: false, underway: true, state: null }),

  settle: async (wanted, context) => ({ approvedBy: await approvedBy(wanted, context) }),
});

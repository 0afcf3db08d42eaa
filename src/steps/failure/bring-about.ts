import * as z from 'zod';
import { defineStep } from '../step.ts';

const params = z.object({ kind: z.enum(['region-outage', 'writer-loss']), region: z.string(), instance: z.string() });
type Params = z.output<typeof params>;

/** Brings the failure about that the drill is to recover from. */
export const bringAboutFailure = defineStep<Params>({
  kind: 'failure.bring-about',
  params,
  plane: 'data',
  title: (failure) => `Bring about: ${inWords(failure)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (failure) => `# ${inWords(failure)}`,
  usuallyMs: () => 0,
  async observe(failure, context) {
    return { done: await context.failure.active(failure, context.signal), state: null };
  },
  async apply(failure, context) {
    await context.failure.inject(failure, context.signal);
    context.record({ type: 'impaired', what: inWords(failure), region: failure.region });
    return undefined;
  },
  undo: (failure, context) => context.failure.heal(failure, context.signal),
});

const inWords = ({ kind, region, instance }: Params): string =>
  kind === 'region-outage' ? `${region} is lost, with everything in it` : `the writer ${instance} is lost`;

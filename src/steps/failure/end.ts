import { until } from '../poll.ts';
import { defineStep } from '../step.ts';
import { type BroughtAbout, bringAboutFailure, failureInWords, injectedAs, isActive } from './bring-about.ts';

/** Ends the failure in the midst of the drill: what comes back has to be lived with, too. */
export const endFailure = defineStep<BroughtAbout>({
  kind: 'failure.end',
  params: bringAboutFailure.params,
  needs: () => [{ need: 'failure-injection' }],
  plane: 'data',
  title: (failure) => `End the failure: ${failureInWords(failure)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (failure) => `# end: ${failureInWords(failure)}`,
  doneWhen: () => 'The failure is repaired. In an exercise, its leader ends it and writes down the time.',
  usuallyMs: () => 0,
  async observe(failure, context) {
    return { done: !(await isActive(failure, context)), state: null };
  },
  repeatable: true,
  async apply(failure, context) {
    await context.failure.heal(injectedAs(failure), context.signal);
    return undefined;
  },
  async settle(failure, context) {
    await until(context, async () =>
      (await context.failure.active(injectedAs(failure), context.signal)) ? undefined : true,
    );
    return null;
  },
});

import type { StepContext } from './step.ts';

/** The same context, but a call that nobody answers is repeated for so long only: for looks that must not wait for a silent control plane. */
export const withPatience = (context: StepContext, withinMs: number): StepContext => ({
  ...context,
  aws: {
    ...context.aws,
    call: (service, region, operation, input, options) =>
      context.aws.call(service, region, operation, input, { withinMs, ...options }),
  },
});

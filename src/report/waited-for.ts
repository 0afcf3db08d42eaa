import type { Report } from './report-schema.ts';

/** The critical path with titles. What goes on when the last customer is served again was the wait for that customer. */
export function waitedFor({ recovery, timeline }: Pick<Report, 'recovery' | 'timeline'>) {
  const steps = new Map(timeline.steps.map((one) => [one.step, one]));
  return timeline.criticalPath.map((one) => {
    const step = steps.get(one.step);
    const goesOn = recovery.toMs !== null && step?.phase === 'verify' && (step.toMs ?? 0) > recovery.toMs;
    return {
      ...one,
      title: goesOn ? 'Wait until the last customer is served: DNS caches run out' : (step?.title ?? one.step),
    };
  });
}

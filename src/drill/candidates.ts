import type { Drill, Surprise } from './drill.ts';

/** The surprise that a drill is until it begins, where it is one. */
export const surpriseOf = (drill: Drill): Surprise | undefined =>
  drill.machine === 'custom' ? drill.surprise : undefined;

/** What a drill may turn out to be: the drills that its surprise is drawn from, or only itself. */
export const candidatesOf = (drill: Drill): Drill[] => surpriseOf(drill)?.of ?? [drill];

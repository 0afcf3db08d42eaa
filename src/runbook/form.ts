import type { Course } from '../../state-machines/index.ts';
import type { Json } from '../journal/events.ts';

/** What earlier steps gave, by step: read back from the journal. */
export interface Facts {
  startedAtMs: number;
  results: Record<string, Json | undefined>;
  /** Nothing was carried out: placeholders represent the results of steps. */
  beforeRun?: true;
  /** What represents a result, or for one of its values, in a runbook for people. */
  standIn?: (step: string, beforeRun: unknown) => unknown;
}

/** A step of the runbook: which kind, with which parameters, and how long it may take. */
export interface RunbookStep {
  kind: string;
  /** The component that it works on, where it is one. */
  of?: string;
  /** That is a data store: what was done to it can go back by itself. */
  isApart?: boolean;
  /** That has been taken over once this has ended. */
  moves?: true;
  params: (facts: Facts) => unknown;
  deadlineMs: number;
}

export const stepOf = (kind: string, deadlineMs: number, params: object | ((facts: Facts) => object)): RunbookStep => ({
  kind,
  deadlineMs,
  params: (facts) => (typeof params === 'function' ? params(facts) : params),
});

export interface Watch {
  kind: 'customers' | 'zone' | 'lever' | 'heartbeat' | 'kept';
  /** The kind of step whose work is kept. */
  uses?: string;
  /** The step before which it has nothing to keep. */
  after?: string;
  params: (facts: Facts) => unknown;
}

/** What stands behind each name that a machine invokes, for this drill on this topology. */
export interface Runbook {
  /** The lines of the course, by name, also those that no component answers. */
  lines?: readonly string[];
  /** What the machine is made from. */
  course: Course;
  steps: Record<string, RunbookStep>;
  watches: Record<string, Watch>;
  /** What a run may turn out to know otherwise than plans assume: a preflight looks at what each of these needs, too. */
  ways?: Facts[];
}

/** The line of the drill's course that a step belongs to: what a component does is called `<line>/<component>`. */
export const lineOf = (step: string): string => step.split('/')[0] ?? step;

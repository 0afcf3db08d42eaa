import type { Choice } from '../drill/choices.ts';

/** What a person is asked, and until when the answer is waited for before someone else is asked. */
export interface Question {
  /** The step that waits: a drill may ask more than once. */
  step: string;
  role: string;
  question: string;
  /** The item of a checklist that is asked about. */
  item?: string;
  untilMs: number;
}

export interface Answer {
  /** The person's name. */
  by: string;
  /** For which role the person answers, where that was said. */
  role?: string;
  /** The step that it answers. If not set, it answers any question. */
  step?: string;
  /** The item of a checklist that it answers. */
  item?: string;
  atMs: number;
  approves: boolean;
  reason?: string;
  /** At the run's own terminal, with `dr-drill approve`, on the board, or by a file that CI puts there. */
  through?: 'terminal' | 'command' | 'board' | 'file';
  /** Nobody was asked: a dry run answers for people, after a drawn delay. */
  simulated?: true;
  /** Who the person has proven to be: an ARN, or `key:` with a fingerprint. Absent where the topology names no people. */
  identity?: string;
  /** For which roles the topology knows this person. */
  roles?: string[];
  /** Why it does not count. */
  refused?: string;
}

/** A person's decision about a run that is held. */
export interface Continuation {
  choice: Choice;
  /** The step that it is about. */
  step?: string;
  by: string;
  why?: string;
  atMs: number;
  through?: 'terminal' | 'command' | 'board';
  simulated?: true;
  identity?: string;
  /** Why it does not count. */
  refused?: string;
}

/** The people who decide in a drill. */
export interface People {
  /** Whether anyone decides about a run that is held; otherwise it ends at once. */
  decidesHeld: boolean;
  /** Lets anyone who has a role know that an answer is wanted. */
  ask(question: Question, signal?: AbortSignal): Promise<void>;
  /** Everything that was answered so far, oldest first. */
  answers(signal?: AbortSignal): Promise<Answer[]>;
  /**
   * Every decision about the held run so far, oldest first.
   * @param waitedFromMs when the run began to wait, each time, by its steady time
   */
  continuations(waitedFromMs: readonly number[]): Promise<Continuation[]>;
}

/** What a person is asked, and until when the answer is waited for before somebody else is asked. */
export interface Question {
  role: string;
  question: string;
  untilMs: number;
}

export interface Answer {
  /** The person's name. */
  by: string;
  atMs: number;
  approves: boolean;
  reason?: string;
  /** Nobody was asked: a dry run answers for people, after a drawn delay. */
  simulated?: true;
}

/** The people who decide in a drill. */
export interface People {
  /** Lets whoever has a role know that an answer is wanted. */
  ask(question: Question, signal?: AbortSignal): Promise<void>;
  /** Everything that was answered so far, oldest first. */
  answers(signal?: AbortSignal): Promise<Answer[]>;
}

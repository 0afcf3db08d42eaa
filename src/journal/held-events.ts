import type { Choice } from '../drill/choices.ts';

/** Everything that happens in a run while it waits for a person. */
export type HeldEvent =
  | {
      /** The run is held and waits for a person's decision. */
      type: 'person-wanted';
      /** ISO instant at which the run ends if nobody decides. */
      until: string;
      /** What can be decided now. */
      choices: Choice[];
      /** The steps that did not succeed. */
      steps: string[];
    }
  | {
      /** A person decided how the run continues; in a dry run a simulated one. */
      type: 'continued';
      choice: Choice;
      /** The step that the decision is about. */
      step?: string;
      by: string;
      why?: string;
      /** By the run's steady time: between the last look for the decision and the one that found it. */
      answeredAt: string;
      /** What the clock of the one who wrote it down said, where that is another instant. */
      said?: string;
      /** At the run's own terminal, with `dr-drill continue`, or on the board. */
      through?: 'terminal' | 'command' | 'board';
      simulated?: true;
      /** Who the person has proven to be: an ARN, or `key:` with a fingerprint. */
      identity?: string;
    }
  | {
      /** A decision that cannot be carried out. The run continues waiting. */
      type: 'continuation-refused';
      choice: Choice;
      by: string;
      said: string;
      why: string;
    }
  | {
      /** The run continues after a decision, and what this step did before stands. */
      type: 'step-kept';
      step: string;
    };

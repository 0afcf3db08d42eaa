/** What people are asked in a run that continues, and what they answer. */
export type PeopleEvent =
  | {
      /** A person is asked: for an approval, or for one item of a checklist. */
      type: 'approval-asked';
      step: string;
      role: string;
      question: string;
      item?: string;
      until: string;
      /** What it is about, where people decide whether the drill continues: until they have, it changes nothing and no deadline runs. */
      about?: string;
      /** How many of whom must approve then; a step for approvals has that in its parameters. */
      people?: number;
      roles?: string[];
    }
  | {
      /** People decided whether the drill continues, or nobody answered; see `about` of `approval-asked`. */
      type: 'people-decided';
      step: string;
      about: string;
      goesOn: boolean;
      what: string;
      /** The replica lag that they decided about, in milliseconds. */
      lagMs: number;
    }
  | {
      /** A person's answer; in a dry run a simulated one. */
      type: 'answered';
      step: string;
      by: string;
      role?: string;
      /** The item of a checklist that was answered. */
      item?: string;
      /** By the run's steady time: between the last look for it and the one that found it. */
      answeredAt: string;
      /** What the clock of the machine said where it was written down, where that is another instant. */
      said?: string;
      approves: boolean;
      reason?: string;
      /** At the run's own terminal, with `dr-drill approve`, on the board, or by a file in the run's folder. */
      through?: 'terminal' | 'command' | 'board' | 'file';
      simulated?: true;
      /** Who the person has proven to be: an ARN, or `key:` with a fingerprint. */
      identity?: string;
    }
  | { type: 'answer-refused'; step: string; by: string; said: string; why: string }
  | { type: 'approval-lapsed'; otherwise: 'stop' | 'go-on'; what: string };

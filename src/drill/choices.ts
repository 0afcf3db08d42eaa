/** What a person can decide about a run that is held. */
export const choices = ['retry', 'skip', 'take-over', 'roll-back', 'give-up'] as const;
export type Choice = (typeof choices)[number];

/** Whether a decision has the run continue: its machine then walks its course again. */
export const goesForward = ({ choice }: { choice: Choice }): boolean => choice !== 'roll-back' && choice !== 'give-up';

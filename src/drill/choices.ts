/** What a person can decide about a run that is held. */
export const choices = ['retry', 'skip', 'take-over', 'roll-back', 'give-up'] as const;
export type Choice = (typeof choices)[number];

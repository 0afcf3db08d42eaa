export const CENSORED = '[secret]';

/** What is looked for, and what stands there afterwards. */
export type Rule = [pattern: RegExp, instead: string | ((...match: string[]) => string)];

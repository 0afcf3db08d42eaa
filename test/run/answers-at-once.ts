import type { Sql } from '../../src/ports/sql.ts';

const AT_ONCE: readonly PropertyKey[] = ['passwordUsed', 'withoutLogin'] satisfies (keyof Sql)[];

/** What a port tells of itself without asking anyone: no fault can meet it, and its answer is no promise. */
export const answersAtOnce = (name: PropertyKey): boolean => AT_ONCE.includes(name);

import { step } from './parts.ts';

/** What is to be done: a step by its name, parts one after another, or branches side by side, by a name for each. */
export type Part = { step: string } | { row: readonly Part[] } | { beside: Readonly<Record<string, Branch>> };

export interface Branch {
  part: Part;
  /** Branches that must have ended before this one begins. */
  after?: readonly string[];
  /** When a step of it fails, the others continue, and it is given up. */
  optional?: boolean;
  /** Of an optional one: where one of these steps was given up before, nothing of it is done. */
  unless?: readonly string[];
  /** Of an optional one: customers wait for what comes next, so it is given up soon after all branches that are not optional have ended. */
  yields?: boolean;
}

/** A phase with what is done in it. */
export interface Stage {
  phase: string;
  part: Part;
}

/** Nothing to do. */
export const NOTHING: Part = { row: [] };

export const isNothing = (part: Part): boolean =>
  'row' in part ? part.row.every(isNothing) : 'beside' in part && Object.keys(part.beside).length === 0;

/** The names of the steps of a part, in the order in which they stand there. */
export function stepsIn(part: Part): string[] {
  if ('step' in part) return [part.step];
  return 'row' in part
    ? part.row.flatMap(stepsIn)
    : Object.values(part.beside).flatMap((branch) => stepsIn(branch.part));
}

type Invocations = (name: string, next: string) => object;

/** Where a row ends; no step can be called so. */
const END = '-end-';

/** The inside of a state that does a part and then goes to `next`, by the invocations of its steps. */
export function doing(part: Part, next: string, invocations: Invocations): object {
  if ('step' in part) return { invoke: invocations(part.step, next) };
  if (isNothing(part)) return { always: next };
  if ('row' in part) {
    const [only, ...others] = rowOf(part);
    if (only && others.length === 0) return doing(only, next, invocations);
    return { ...rowState(rowOf(part), invocations), onDone: next };
  }
  const branches = Object.entries(part.beside);
  const [first, ...others] = branches;
  if (first && others.length === 0 && !first[1].optional) return doing(first[1].part, next, invocations);
  // The same components have branches in other phases, too: no other has these steps.
  const of = stepsIn(part)[0] ?? '';
  return {
    type: 'parallel',
    states: Object.fromEntries(
      branches.map(([name, branch]) => [name, branchState(name, branch, { of, branches }, invocations)]),
    ),
    onDone: next,
  };
}

/** A row without rows in it, and without parts that do nothing. */
const rowOf = (part: Part): Part[] => ('row' in part ? part.row.flatMap(rowOf) : isNothing(part) ? [] : [part]);

function rowState(row: readonly Part[], invocations: Invocations): { initial: string; states: object } {
  // Two parts may do the same line for different components.
  const keys = row.map(keyOf).map((key, index, all) => {
    const before = all.slice(0, index).filter((one) => one === key).length;
    return before === 0 ? key : `${key}-${before + 1}`;
  });
  const states = row.map((part, index) => [keys[index], doing(part, keys[index + 1] ?? END, invocations)]);
  return { initial: keys[0] ?? END, states: { ...Object.fromEntries(states), [END]: { type: 'final' } } };
}

/** What a state of a row is called: as its step, or as the lines that its branches do. */
const keyOf = (part: Part): string => ('step' in part ? part.step : [...new Set(stepsIn(part).map(lineOf))].join('+'));

/** What a component does for a line is called `<line>/<component>`. */
const lineOf = (step: string): string => step.split('/')[0] ?? step;

/** One of several branches: it may wait for others, and an optional one may be given up. */
function branchState(
  name: string,
  { part, after = [], optional = false, unless = [], yields = false }: Branch,
  { of, branches }: { of: string; branches: readonly (readonly [string, Branch])[] },
  invocations: Invocations,
): object {
  const givenUp = `${of}-${name}-given-up`;
  const isAwaited = branches.some(([, other]) => other.after?.includes(name));
  const ended = isAwaited && { entry: { type: 'noteEnded', params: { of, branch: name } } };
  const others = yields ? branches.flatMap(([, other]) => (other.optional ? [] : stepsIn(other.part))) : [];
  const own: Invocations = optional
    ? (one, next) => step(one, next, `#${givenUp}`, { note: 'noteGivenUp', yieldsTo: others })
    : invocations;
  const inner = rowState(rowOf(part), own);
  const isSkipped = optional && unless.length > 0;
  const begins = isSkipped ? 'asked' : inner.initial;
  return {
    initial: after.length > 0 ? 'waiting' : begins,
    states: {
      ...(after.length > 0 && {
        waiting: { always: { guard: { type: 'haveEnded', params: { of, branches: after } }, target: begins } },
      }),
      ...(isSkipped && {
        asked: {
          always: [
            { guard: { type: 'wasGivenUp', params: { steps: unless } }, target: 'given-up' },
            { target: inner.initial },
          ],
        },
      }),
      ...inner.states,
      [END]: { type: 'final', ...ended },
      ...(optional && { 'given-up': { id: givenUp, type: 'final', ...ended } }),
    },
  };
}

/** A phase that does a part, goes to `next`, and leads to `trouble` when a step fails or takes too long. */
export const stage = (name: string, part: Part, next: string, trouble: string): object => ({
  entry: { type: 'enterPhase', params: { phase: name } },
  exit: { type: 'leavePhase', params: { phase: name } },
  ...doing(part, next, (one, then) => step(one, then, trouble)),
});

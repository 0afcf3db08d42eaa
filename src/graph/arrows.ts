import type { AnyStateNode } from 'xstate';
import { alike, isTrouble, type Transition, transitionsOf, withDescendants } from './transitions.ts';
import { type Trouble, troublesOf } from './troubles.ts';

/** A way from one state to another. `trouble` is the way after a failure, a deadline or an abort. */
export interface Arrow {
  kind: 'straight' | 'trouble';
  from: string;
  to: string;
  /** When it is taken; empty where it always is, once its state is done. */
  when: string;
}

/** Every arrow of a machine, each decision and each trouble once. */
export function arrowsOf(root: AnyStateNode): Arrow[] {
  return [...withDescendants(root).flatMap(straightArrows), ...troublesOf(root).map(troubleArrow)];
}

/** The name of a state in a picture: the keys on the way to it. */
export const idOf = ({ path }: AnyStateNode): string => path.join('.');

/** Rules that decide the same are one arrow. */
function straightArrows(state: AnyStateNode): Arrow[] {
  const hoped = transitionsOf(state).filter((one) => !isTrouble(one));
  return alike(hoped, ({ decision, cause }) => [decision, cause]).flatMap((rules) =>
    rules[0] ? [{ kind: 'straight', from: idOf(state), to: idOf(rules[0].to), when: whenOf(rules[0], rules) }] : [],
  );
}

function whenOf({ cause, decision }: Transition, rules: readonly Transition[]): string {
  const conditions = listed(rules.flatMap(({ condition }) => condition ?? []));
  return [cause === 'done' ? '' : cause, decision, conditions].filter(Boolean).join(': ');
}

const troubleArrow = ({ from, to, causes }: Trouble): Arrow => ({
  kind: 'trouble',
  from: idOf(from),
  to: idOf(to),
  when: listed(causes),
});

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

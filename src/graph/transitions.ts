import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { nameInWords } from './in-words.ts';

/** What sets a transition off: work that is done, trouble, or an event from outside by its own name. */
export type Cause = 'done' | 'failure' | 'deadline' | 'abort' | `on ${string}`;

export interface Transition {
  from: AnyStateNode;
  to: AnyStateNode;
  cause: Cause;
  /** The guard in words; `otherwise` for what is left when no guard before it held. */
  condition: string | null;
  /** What is decided by taking it. */
  decision: string | null;
}

/** Every transition out of a state that leads to a state; where a state only takes note of an event, nothing is drawn. */
export function transitionsOf(state: AnyStateNode): Transition[] {
  const byEvent = [...state.transitions].flatMap(([event, ways]) => waysOf(ways, causeOf(state, event)));
  return [...byEvent, ...waysOf(state.always ?? [], 'done')];
}

export const withDescendants = (state: AnyStateNode): AnyStateNode[] => [
  state,
  ...Object.values(state.states).flatMap(withDescendants),
];

export const isTrouble = ({ cause }: Transition): boolean => ['failure', 'deadline', 'abort'].includes(cause);

/** Transitions in groups of those that lead to one state and are alike in what is said of them. */
export function alike(
  transitions: readonly Transition[],
  said: (one: Transition) => unknown = () => null,
): Transition[][] {
  const groups = new Map<string, Transition[]>();
  for (const one of transitions) {
    const key = JSON.stringify([one.to.id, said(one)]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function waysOf(ways: readonly AnyTransitionDefinition[], cause: Cause): Transition[] {
  return ways.flatMap((way, index) => {
    const rule = decisionOf(way)?.rule ?? (ways.length > 1 && index === ways.length - 1 ? 'otherwise' : null);
    const condition = guardOf(way) ?? rule;
    return (way.target ?? []).map((to) => ({
      from: way.source,
      to,
      cause,
      condition: condition === null ? null : nameInWords(condition),
      decision: nameInWords(decisionOf(way)?.decision ?? '') || null,
    }));
  });
}

function causeOf(state: AnyStateNode, event: string): Cause {
  if (event === 'ABORT') return 'abort';
  if (event.startsWith('xstate.error.actor.')) return 'failure';
  const actor = state.invoke.find(({ id }) => event === `xstate.done.actor.${id}`);
  if (actor) return actor.src === 'deadline' ? 'deadline' : 'done';
  return event === `xstate.done.state.${state.id}` ? 'done' : `on ${nameInWords(event)}`;
}

function guardOf({ guard }: AnyTransitionDefinition): string | null {
  if (guard === undefined) return null;
  if (typeof guard === 'string') return guard;
  const { type, name, params } = guard as { type?: string; name?: string; params?: { branches?: readonly string[] } };
  if (type === 'haveEnded' && params?.branches) return `after ${params.branches.join(' and ')}`;
  return type ?? (name || 'a condition holds');
}

const decisionOf = ({ actions }: AnyTransitionDefinition): { decision: string; rule: string } | undefined =>
  (actions as readonly { type: string; params?: { decision: string; rule: string } }[]).find(
    ({ type }) => type === 'recordDecision',
  )?.params;

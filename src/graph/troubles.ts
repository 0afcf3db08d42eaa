import type { AnyStateNode } from 'xstate';
import { alike, type Cause, isTrouble, type Transition, transitionsOf, withDescendants } from './transitions.ts';

/** Where trouble leads to from a state, and from everything in it. */
export interface Trouble {
  from: AnyStateNode;
  to: AnyStateNode;
  /** In words, the most frequent first. */
  causes: string[];
}

/** The ways out of trouble. Where all that is in a box has the same, the box has it once: forty arrows hide four. */
export function troublesOf(state: AnyStateNode): Trouble[] {
  const shared = sharedWay(state);
  if (shared) {
    const caught = Object.values(state.states).flatMap(troublesOf);
    return [shared, ...caught.filter(({ to }) => withDescendants(state).includes(to))];
  }
  const own = alike(transitionsOf(state).filter(isTrouble)).flatMap(asTrouble);
  return [...own, ...Object.values(state.states).flatMap(troublesOf)];
}

/** The one way that all in a box take for the same causes, if it leads out of the box. */
function sharedWay(box: AnyStateNode): Trouble | undefined {
  const inside = withDescendants(box).slice(1);
  const all = withDescendants(box).flatMap(transitionsOf).filter(isTrouble);
  // What is caught in the box, such as a branch that is given up, does not lead out of it.
  const catching = new Set(all.filter(({ to }) => inside.includes(to)).map(({ from }) => from));
  const ways = all.filter(({ to }) => !inside.includes(to));
  const [first] = ways;
  if (!first) return undefined;
  if (ways.some(({ to, condition }) => to !== first.to || condition !== null)) return undefined;

  const [some, ...others] = inside
    .filter((state) => takesTime(state) && !catching.has(state))
    .map((state) => causesIn(state, ways).join());
  if (some === undefined || others.some((causes) => causes !== some)) return undefined;
  const causes = order.filter((cause) => ways.some((way) => way.cause === cause));
  return causes.join() === some ? { from: box, to: first.to, causes } : undefined;
}

/** Neither an end nor a mere choice, in which nothing can happen. */
const takesTime = ({ type, always, invoke }: AnyStateNode): boolean =>
  invoke.some(({ src }) => src !== 'watch') || (type === 'atomic' && !always?.length);

/** What a state can be left for by one of these ways: its own, and those of the boxes around it. */
const causesIn = (state: AnyStateNode, ways: readonly Transition[]): Cause[] =>
  order.filter((cause) => ways.some((way) => way.cause === cause && withDescendants(way.from).includes(state)));

const order: Cause[] = ['failure', 'deadline', 'abort'];

function asTrouble(ways: readonly Transition[]): Trouble[] {
  const inOrder = ways.toSorted((a, b) => order.indexOf(a.cause) - order.indexOf(b.cause));
  const causes = inOrder.map(({ cause, condition }) => (condition === null ? cause : `${cause} (${condition})`));
  return ways[0] ? [{ from: ways[0].from, to: ways[0].to, causes: [...new Set(causes)] }] : [];
}

import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { DrillContext, DrillInput } from '../../state-machines/parts.ts';

/** Steps one after another; where branches run side by side, each is such a row of its own. */
export type Part = { step: string } | { sideBySide: Branch[] };
export interface Branch {
  branch: string;
  /** Branches beside it that end before it begins. */
  after: string[];
  parts: Part[];
}

/** What a phase decides, and by which rule; the first rule that holds counts. */
export interface Decision {
  decision: string;
  rule: string;
}

export interface Phase {
  phase: string;
  parts: Part[];
  decisions: Decision[];
}

/** A watch, and the phases that it lasts for. */
export interface WatchSpan {
  watch: string;
  phases: string[];
}

export interface Path {
  phases: Phase[];
  watches: WatchSpan[];
}

/**
 * The way through a machine on which every step succeeds, from one of its states (the first by default) to an end. It is
 * read off the machine itself, and nothing is run. What guards ask for is hoped for, but for what `known` says.
 */
export function straightPath(
  root: AnyStateNode,
  known: DrillInput & Partial<DrillContext>,
  from = root.initial?.target[0],
): Path {
  const path: Path = { phases: [], watches: [] };
  const context: DrillContext = {
    trouble: null,
    aborted: false,
    held: false,
    detection: { writerUnreachable: true, allCriticalFailed: true, errorRateSustained: true },
    dataProven: true,
    givenUp: [],
    ended: [],
    holder: 'recovery',
    targetsMet: true,
    ...known,
  };
  let next = from;
  while (next && next.type !== 'final') next = walk(next, path, [], context);
  return path;
}

/** Goes through one state; gives the state that follows when all went well. */
function walk(state: AnyStateNode, path: Path, row: Part[], context: DrillContext): AnyStateNode | undefined {
  const begun = path.phases.length;
  const watches = invoked(state, 'watch').map((watch): WatchSpan => ({ watch, phases: [] }));
  path.watches.push(...watches);
  const phase = phaseOf(state);
  const parts = phase === undefined ? row : [];
  if (phase !== undefined) path.phases.push({ phase, parts, decisions: decisionsOf(state) });
  parts.push(...invoked(state, 'step').map((step) => ({ step })));

  const left = state.type === 'parallel' ? split(state, path, parts, context) : descend(state, path, parts, context);
  for (const watch of watches) watch.phases = path.phases.slice(begun).map((one) => one.phase);
  return left ?? arrow(state, context);
}

const invoked = (state: AnyStateNode, actor: string): string[] =>
  state.invoke.filter(({ src }) => src === actor).map(({ id }) => id);

function split(state: AnyStateNode, path: Path, parts: Part[], context: DrillContext): undefined {
  const branches = Object.values(state.states).map((branch) => {
    const row: Part[] = [];
    walk(branch, path, row, context);
    return { branch: branch.key, after: awaitedBy(branch), parts: row };
  });
  parts.push({ sideBySide: branches });
}

/** What a branch waits for before its first step. */
const awaitedBy = ({ initial }: AnyStateNode): string[] =>
  (initial?.target[0]?.always ?? []).flatMap(({ guard }) => [...(haveEnded(guard)?.branches ?? [])]);

const haveEnded = (guard: unknown): { branches: readonly string[] } | undefined => {
  const { type, params } = (guard ?? {}) as { type?: string; params?: { branches: readonly string[] } };
  return type === 'haveEnded' ? params : undefined;
};

/** Goes through the states inside; gives the state outside to which an arrow of theirs leads, if one does. */
function descend(state: AnyStateNode, path: Path, parts: Part[], context: DrillContext): AnyStateNode | undefined {
  let inside = state.initial?.target[0];
  while (inside && inside.parent === state && inside.type !== 'final') inside = walk(inside, path, parts, context);
  return inside?.parent === state ? undefined : inside;
}

/** Where a state leads when its work is done. */
function arrow(state: AnyStateNode, context: DrillContext): AnyStateNode | undefined {
  const work = state.invoke.find(({ src }) => src !== 'watch' && src !== 'deadline');
  const done = work ? `xstate.done.actor.${work.id}` : `xstate.done.state.${state.id}`;
  const arrows: readonly AnyTransitionDefinition[] = state.transitions.get(done) ?? state.always ?? [];
  return arrows.find((one) => isOpen(one, context))?.target?.[0];
}

function isOpen({ guard, source }: AnyTransitionDefinition, context: DrillContext): boolean {
  // What is waited for ends, too.
  if (guard === undefined || haveEnded(guard)) return true;
  const { type, params } = (typeof guard === 'string' ? { type: guard } : guard) as { type: string; params?: unknown };
  const event = { type: 'hoped-for', output: { held: false, met: true } };
  const given = typeof params === 'function' ? params({ context, event }) : params;
  const holds = source.machine.implementations.guards[type] as (state: object, params: unknown) => boolean;
  return holds({ context, event }, given);
}

const phaseOf = (state: AnyStateNode): string | undefined =>
  paramsOf<{ phase: string }>(state.entry, 'enterPhase')?.phase;

/** What a phase decides, also where it looks first and decides behind that. */
const decisionsOf = (state: AnyStateNode): Decision[] => [
  ...(state.always ?? []).flatMap(({ actions }) => paramsOf<Decision>(actions, 'recordDecision') ?? []),
  ...Object.values(state.states).flatMap(decisionsOf),
];

const paramsOf = <P>(actions: readonly unknown[], type: string): P | undefined =>
  (actions as readonly { type: string; params?: P }[]).find((action) => action.type === type)?.params;

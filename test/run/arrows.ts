import { type AnyMachineSnapshot, type AnyStateNode, type StateValue, transition } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap } from 'xstate/graph';
import { boundMachine } from '../../src/run/bound-machines.ts';
import { type Course, type DrillMachine, machineOf } from '../../state-machines/index.ts';
import type { DrillContext, DrillInput } from '../../state-machines/parts.ts';

type Told = { type: string; actorId?: string; output?: unknown; error?: unknown; reason?: string };
type State = Pick<AnyMachineSnapshot, 'value' | 'context'>;

/** Every arrow of a drill's machine, as `state × what it is told → where that leads`: xstate's own graph, walked wholly. */
export function arrowsOf(course: Course): Set<string> {
  const machine = machineOf(course);
  const arrows = inputsOf(course).flatMap((input) => {
    const graph = getAdjacencyMap(machine, { input, events: toldIn as never, serializeState });
    return adjacencyMapToArray(graph).flatMap(({ state, event }) => arrowsFrom(machine, state, event));
  });
  return new Set(arrows);
}

const watched = new WeakSet<object>();

/** Notes in a set every arrow that runs of a drill take from now on; of a machine that is shared, those of all its drills. */
export function watchArrows(course: Course, taken: Set<string>): void {
  const plain = machineOf(course);
  const bound = boundMachine(course);
  if (watched.has(bound)) return;
  watched.add(bound);
  const take = bound.transition;
  bound.transition = (snapshot, event, scope) => {
    for (const arrow of arrowsFrom(plain, snapshot, event)) taken.add(arrow);
    return take(snapshot, event, scope);
  };
}

/** What a drill file can tell its machine. */
function inputsOf({ machine }: Course): DrillInput[] {
  const plain: DrillInput = { asksPeople: false };
  return machine === 'multi-region-failover' ? [plain, { asksPeople: true }] : [plain];
}

/** Why it went wrong changes no way. */
const serializeState = ({ value, context }: State): string =>
  JSON.stringify([value, { ...(context as DrillContext), trouble: context.trouble !== null }]);

/** Everything that what is under way in a state can come to, and an abort. */
function toldIn({ machine, value }: AnyMachineSnapshot): Told[] {
  const underway = leavesOf(value).flatMap((leaf) =>
    nodeAt(machine.root, leaf).invoke.map(({ id, src }) => ({ id, src, leaf })),
  );
  return [
    ...underway.flatMap(({ id, src, leaf }): Told[] => {
      const done = (output: unknown): Told => ({ type: `xstate.done.actor.${id}`, actorId: id, output });
      const fails: Told = { type: `xstate.error.actor.${id}`, actorId: id, error: new Error('it went wrong') };
      if (src === 'deadline') return [done('too late')];
      if (src === 'rollback') return [done({ held: true }), done({ held: false }), fails];
      if (src === 'judge') return [done({ met: true }), done({ met: false }), fails];
      return [...resultsOf(nodeAt(machine.root, leaf)).map(done), fails];
    }),
    { type: 'ABORT', reason: 'somebody pressed Ctrl-C' },
  ];
}

/** Results of a step that guards may tell apart. */
function resultsOf(node: AnyStateNode): object[] {
  const noted = [...node.transitions.values()].flat().flatMap(({ actions }) => actions as { type: string }[]);
  const notes = (name: string) => noted.some(({ type }) => type === name);
  if (notes('noteHolder')) return ['primary', 'recovery', null].map((holder) => ({ holder }));
  if (notes('noteDataChecks')) return [{ failed: [] }, { failed: ['orphan-orders'] }];
  if (!notes('noteDetection')) return [{}];
  const none = {
    writerUnreachable: false,
    allCriticalFailed: false,
    errorRateSustained: false,
    responseTimeSustained: false,
  };
  const services = [
    { servicesDown: ['order-service', 'customer-service'], criticalDown: 2, errorShare: 0.07 },
    { servicesDown: ['order-service'], criticalDown: 1, errorShare: 0.02 },
  ];
  const rules = Object.keys(none).map((rule) => ({ ...none, [rule]: true }));
  return [none, ...rules, ...services.map((seen) => ({ ...none, ...seen }))];
}

/** One arrow for each state that it begins in: an abort may meet several side by side. None where nothing listens. */
function arrowsFrom(machine: DrillMachine, { value, context }: State, told: Told): string[] {
  const state = machine.resolveState({ value, context });
  if (!state.can(told as never)) return [];
  const [next, actions] = transition(machine, state, told as never);
  const before = leavesOf(state.value);
  const begins = told.type === 'ABORT' ? before : before.filter((leaf) => invokes(nodeAt(machine.root, leaf), told));
  const stands = before.filter((leaf) => !begins.includes(leaf));
  const ends = leavesOf(next.value).filter((leaf) => !stands.includes(leaf));
  const rules = actions.flatMap(({ type, params }) =>
    type === 'recordDecision' ? (params as { rule: string }).rule : [],
  );
  const leads = [ends.join(' and '), ...rules.map((rule) => `by ${rule}`)].join(' ');
  return begins.map((leaf) => `${leaf} × ${inWords(told)} → ${leads}`);
}

const invokes = ({ invoke }: AnyStateNode, { type }: Told): boolean =>
  invoke.some(({ id }) => type === `xstate.done.actor.${id}` || type === `xstate.error.actor.${id}`);

function inWords({ type }: Told): string {
  if (type === 'ABORT') return 'abort';
  if (type.startsWith('xstate.error.')) return 'failed';
  return type.endsWith('-deadline') ? 'too late' : 'done';
}

/** The innermost states of a value, by their paths. */
const leavesOf = (value: StateValue): string[] =>
  typeof value === 'string'
    ? [value]
    : Object.entries(value).flatMap(([state, inner]) =>
        inner === undefined ? [] : leavesOf(inner).map((leaf) => `${state}.${leaf}`),
      );

const nodeAt = (root: AnyStateNode, path: string): AnyStateNode =>
  path.split('.').reduce((node, key) => node.states[key] as AnyStateNode, root);

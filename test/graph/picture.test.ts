import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyStateNode, createMachine } from 'xstate';
import { loadDrill } from '../../src/drill/load.ts';
import { type Picture, type PictureState, pictureOf, statesIn } from '../../src/graph/picture.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { machineOf as machineOfDrill, stepNames } from '../../state-machines/index.ts';
import { step } from '../../state-machines/parts.ts';
import { drillFiles, FAILOVER, pictureFor } from './drills.ts';

const noWords = { title: 'An example', steps: new Map(), watches: new Map() };

describe.each(drillFiles)('the picture of %s', (path) => {
  const picture = pictureFor(path);
  const { drill, topology } = loadDrill(path, { vocabulary });
  const { course } = runbookFor(drill, topology);
  const shown = statesIn(picture.states);

  test('has every state of the machine, in the order of the machine', () => {
    const states = nodesIn(machineOfDrill(course).root).slice(1);
    expect(shown.map(({ id }) => id)).toEqual(states.map(({ path }) => path.join('.')));
  });

  test('has every step of the machine, with its title', () => {
    const steps = shown.flatMap((state) => (state.shape === 'step' ? state.steps : []));
    expect(new Set(steps.map((one) => one.step))).toEqual(new Set(stepNames(course)));
    for (const { title } of steps) expect(title).toMatch(/^[A-Z].* /);
  });

  test('has no arrow that begins or ends nowhere', () => {
    const ids = shown.map(({ id }) => id);
    for (const { from, to } of picture.arrows) {
      expect(ids).toContain(from);
      expect(ids).toContain(to);
    }
  });

  test('leads from where it begins to every end', () => {
    const ends = shown.filter(({ shape }) => shape === 'end').map(({ id }) => id);
    expect(ends.toSorted()).toEqual(['aborted', 'failed', 'passed', 'rolled-back', 'target-missed']);
    expect(reachable(picture)).toEqual(expect.arrayContaining(ends));
  });
});

describe('what a picture says', () => {
  const picture = pictureFor(FAILOVER);

  test('guards are in words, with what they decide', () => {
    const whens = picture.arrows.filter(({ from }) => from === 'watched.decide').map(({ when }) => when);
    expect(whens).toEqual([
      'fail over: writer unreachable, all critical failed or error rate sustained',
      'review: several services down or response time sustained',
      'watch: one service down or no rule holds',
    ]);
  });

  test('a point of no return and control planes are marked', () => {
    const steps = statesIn(picture.states).flatMap((state) => (state.shape === 'step' ? state.steps : []));
    expect(steps.filter((one) => one.isPointOfNoReturn).map((one) => one.step)).toEqual([
      'take-over/orders',
      'take-over/baskets',
    ]);
    expect(steps.find((one) => one.step === 'shift/public')).toMatchObject({ plane: 'control' });
    expect(steps.find((one) => one.step === 'verify/public')).toMatchObject({ plane: 'data' });
  });

  test('a watch is noted on the state that it lasts for', () => {
    const watched = statesIn(picture.states).filter(({ watches }) => watches.length > 0);
    expect(watched.map(({ id, watches }) => [id, watches.length])).toEqual([
      ['watched', 4],
      ['watched.failover', 3],
    ]);
  });

  test('the values of the drill are in it, also those set on the command line', () => {
    expect(JSON.stringify(pictureFor(FAILOVER, 'verification.lasts=90 s'))).toContain(
      'Verify 90 s of uninterrupted service',
    );
  });

  test('trouble that is the same for all in a box leaves the box once', () => {
    // What gives up a data store that customers can do without stays inside.
    const troubles = picture.arrows.filter(({ kind, to }) => kind === 'trouble' && !to.endsWith('.given-up'));
    expect(troubles.map(({ from, to, when }) => [from, to, when])).toEqual([
      ['preflight', 'rollback', 'failure, deadline or abort'],
      ['watched', 'rollback', 'failure, deadline or abort'],
      ['rollback', 'failed', 'failure'],
      ['judge', 'target-missed', 'failure'],
    ]);
  });
});

describe('trouble that is not the same for all in a box stays where it is', () => {
  const troublesOf = (one: object, two: object) => {
    const states = {
      box: { initial: 'one', states: { one, two } },
      over: { id: 'over', type: 'final' },
      lost: { id: 'lost', type: 'final' },
    };
    const machine = createMachine({ initial: 'box', states } as Parameters<typeof createMachine>[0]);
    const { arrows } = pictureOf(machine.root, noWords);
    return arrows.filter(({ kind }) => kind === 'trouble').map(({ from, to, when }) => [from, to, when]);
  };
  const two = { invoke: step('two', '#over', '#lost') };

  test('where it is the same, the box has it', () => {
    expect(troublesOf({ invoke: step('one', 'two', '#lost') }, two)).toEqual([['box', 'lost', 'failure or deadline']]);
  });

  test('where one goes elsewhere', () => {
    expect(troublesOf({ invoke: step('one', 'two', '#over') }, two)).toEqual([
      ['box.one', 'over', 'failure or deadline'],
      ['box.two', 'lost', 'failure or deadline'],
    ]);
  });

  test('where only one takes note of an abort', () => {
    expect(troublesOf({ invoke: step('one', 'two', '#lost'), on: { ABORT: '#lost' } }, two)).toEqual([
      ['box.one', 'lost', 'failure, deadline or abort'],
      ['box.two', 'lost', 'failure or deadline'],
    ]);
  });

  test('where only a choice takes note of an abort', () => {
    expect(troublesOf({ always: { guard: 'isHeld', target: 'two' }, on: { ABORT: '#lost' } }, two)).toEqual([
      ['box.one', 'lost', 'abort'],
      ['box.two', 'lost', 'failure or deadline'],
    ]);
  });

  test('where it hangs on a condition', () => {
    const guarded = { id: 'one', src: 'step', onDone: 'two', onError: { guard: 'isHeld', target: '#lost' } };
    expect(troublesOf({ invoke: guarded }, { invoke: { id: 'two', src: 'step', onError: '#lost' } })).toEqual([
      ['box.one', 'lost', 'failure (is held)'],
      ['box.two', 'lost', 'failure'],
    ]);
  });
});

describe('the picture of any machine', () => {
  test('has an arrow for every transition, and none that some state in its box does not take', () => {
    fc.assert(
      fc.property(box(3), (drawn) => {
        const { root } = machineOf(drawn);
        const picture = pictureOf(root, noWords);
        for (const node of nodesIn(root)) {
          for (const to of targetsOf(node)) {
            const covering = picture.arrows.filter((arrow) => arrow.to === to && isIn(node.path.join('.'), arrow.from));
            expect(covering.length, `${node.path.join('.')} to ${to}`).toBeGreaterThan(0);
          }
        }
        for (const { from, to } of picture.arrows.filter(({ kind }) => kind === 'trouble')) {
          const inside = nodesIn(root).filter(({ path }) => isIn(path.join('.'), from));
          for (const work of inside.filter(({ invoke }) => invoke.length > 0)) {
            const around = inside.filter(({ path }) => isIn(work.path.join('.'), path.join('.')));
            expect(around.flatMap(targetsOf), `${work.path.join('.')} to ${to}`).toContain(to);
          }
        }
      }),
    );
  });
});

type Drawn = { trouble: string } | { sideBySide: boolean; abort: string | null; states: Drawn[] };

const trouble = fc.constantFrom('fix', 'lost');

/** Boxes in boxes, with steps in them. */
function box(depth: number): fc.Arbitrary<Drawn> {
  const leaf: fc.Arbitrary<Drawn> = fc.record({ trouble });
  return fc.record({
    sideBySide: fc.boolean(),
    abort: fc.option(trouble, { nil: null }),
    states: fc.array(depth === 1 ? leaf : fc.oneof(leaf, box(depth - 1)), { minLength: 1, maxLength: 3 }),
  });
}

function machineOf(drawn: Drawn) {
  let steps = 0;
  const config = {
    initial: 'work',
    states: {
      work: stateOf(drawn, '#over'),
      fix: { id: 'fix', invoke: step('fix', 'over', 'lost') },
      over: { id: 'over', type: 'final' },
      lost: { id: 'lost', type: 'final' },
    },
  };
  return createMachine(config as Parameters<typeof createMachine>[0]);

  function stateOf(state: Drawn, next: string): object {
    if ('trouble' in state) return { invoke: step(`step-${++steps}`, next, `#${state.trouble}`) };
    const on = state.abort === null ? {} : { ABORT: `#${state.abort}` };
    const rows = state.states.map((one) => (state.sideBySide && 'trouble' in one ? row([one]) : one));
    if (state.sideBySide) {
      const branches = rows.map((one, index) => [`branch-${index}`, stateOf(one, '')]);
      return { type: 'parallel', on, states: Object.fromEntries(branches), ...(next && { onDone: next }) };
    }
    const inside = rows.map((one, index) => [
      `state-${index}`,
      stateOf(one, index + 1 < rows.length ? `state-${index + 1}` : 'done'),
    ]);
    const states = { ...Object.fromEntries(inside), done: { type: 'final' } };
    return { initial: 'state-0', on, states, ...(next && { onDone: next }) };
  }
}

const row = (states: Drawn[]): Drawn => ({ sideBySide: false, abort: null, states });

const nodesIn = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodesIn)];

const targetsOf = (node: AnyStateNode): string[] =>
  [...node.transitions.values(), node.always ?? []]
    .flat()
    .flatMap(({ target }) => (target ?? []).map(({ path }: AnyStateNode) => path.join('.')));

const isIn = (id: string, box: string): boolean => id === box || id.startsWith(`${box}.`);

/** Where one can come by the arrows and by the beginnings of boxes. */
function reachable({ states, initial, arrows }: Picture): string[] {
  const all = new Map(statesIn(states).map((state) => [state.id, state]));
  const reached = new Set<string>();
  const waiting = initial === null ? [] : [initial];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...arrows.filter(({ from }) => from === id).map(({ to }) => to), ...begun(all.get(id)));
  }
  return [...reached];
}

function begun(state: PictureState | undefined): string[] {
  if (state?.shape !== 'box') return [];
  return state.sideBySide ? state.states.map(({ id }) => id) : state.initial === null ? [] : [state.initial];
}

import { describe, expect, test } from 'vitest';
import { straightPath } from '../../src/plan/straight-path.ts';
import { drillSetup, freshContext, phase, step } from '../../state-machines/parts.ts';

const known = { afterwards: null, asksPeople: false, protects: false, ordersReplica: false };

describe('the straight path of a machine', () => {
  test('follows arrows, not the order in which states are written', () => {
    const machine = drillSetup.createMachine({
      context: freshContext,
      initial: 'first',
      states: {
        last: { ...phase('last'), invoke: step('three', 'over', 'over') },
        second: { ...phase('second'), invoke: step('two', 'last', 'over') },
        first: { ...phase('first'), invoke: step('one', 'second', 'over') },
        over: { type: 'final' },
      },
    });
    expect(straightPath(machine.root, known).phases).toMatchObject([
      { phase: 'first', parts: [{ step: 'one' }] },
      { phase: 'second', parts: [{ step: 'two' }] },
      { phase: 'last', parts: [{ step: 'three' }] },
    ]);
  });

  test('leaves out what only trouble leads to', () => {
    const machine = drillSetup.createMachine({
      context: freshContext,
      initial: 'work',
      states: {
        work: { ...phase('work'), invoke: step('one', 'next', 'repair') },
        repair: { ...phase('repair'), invoke: step('fix', 'over', 'over') },
        next: { always: [{ guard: 'hasFailed', target: 'repair' }, { target: 'over' }] },
        over: { type: 'final' },
      },
    });
    expect(straightPath(machine.root, known).phases.map((one) => one.phase)).toEqual(['work']);
    const trouble = { step: 'one', reason: 'broken' };
    const afterTrouble = straightPath(machine.root, { ...known, trouble }, machine.root.states.next);
    expect(afterTrouble.phases.map((one) => one.phase)).toEqual(['repair']);
  });

  test('keeps rows apart that run side by side, also one inside another', () => {
    const machine = drillSetup.createMachine({
      context: freshContext,
      initial: 'work',
      states: {
        work: {
          ...phase('work'),
          type: 'parallel',
          states: {
            left: {
              initial: 'both',
              states: {
                both: {
                  type: 'parallel',
                  states: {
                    up: { initial: 'a', states: { a: { invoke: step('a', 'done', 'done') }, done: { type: 'final' } } },
                    down: {
                      initial: 'b',
                      states: { b: { invoke: step('b', 'done', 'done') }, done: { type: 'final' } },
                    },
                  },
                  onDone: 'joined',
                },
                joined: { invoke: step('c', 'done', 'done') },
                done: { type: 'final' },
              },
            },
            right: { initial: 'd', states: { d: { invoke: step('d', 'done', 'done') }, done: { type: 'final' } } },
          },
          onDone: 'over',
        },
        over: { type: 'final' },
      },
    });
    const up = { branch: 'up', after: [], parts: [{ step: 'a' }] };
    const down = { branch: 'down', after: [], parts: [{ step: 'b' }] };
    expect(straightPath(machine.root, known).phases[0]?.parts).toEqual([
      {
        sideBySide: [
          { branch: 'left', after: [], parts: [{ sideBySide: [up, down] }, { step: 'c' }] },
          { branch: 'right', after: [], parts: [{ step: 'd' }] },
        ],
      },
    ]);
  });

  test('gives a watch the phases that its state lasts for', () => {
    const machine = drillSetup.createMachine({
      context: freshContext,
      initial: 'before',
      states: {
        before: { ...phase('before'), invoke: step('one', 'watched', 'over') },
        watched: {
          invoke: { id: 'eye', src: 'watch', input: { watch: 'eye' } },
          initial: 'during',
          states: {
            during: { ...phase('during'), invoke: step('two', 'still', '#over') },
            still: { ...phase('still'), invoke: step('three', '#after', '#over') },
          },
        },
        after: { id: 'after', ...phase('after'), invoke: step('four', 'over', 'over') },
        over: { id: 'over', type: 'final' },
      },
    });
    const path = straightPath(machine.root, known);
    expect(path.phases.map((one) => one.phase)).toEqual(['before', 'during', 'still', 'after']);
    expect(path.watches).toEqual([{ watch: 'eye', phases: ['during', 'still'] }]);
  });
});

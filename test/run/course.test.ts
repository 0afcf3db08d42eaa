import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate';
import type { Branch } from '../../state-machines/course.ts';
import { type Course, machineOf } from '../../state-machines/index.ts';

const branch = (step: string, more: Partial<Branch> = {}): Branch => ({ part: { step }, ...more });
const twice = (line: string): { beside: Record<string, Branch> } => ({
  beside: {
    orders: branch(`${line}/orders`),
    carts: branch(`${line}/carts`, { after: ['orders'], optional: true }),
  },
});

/** Two phases with branches of the same names. One branch waits for the other and may be given up. */
const course: Course = {
  machine: 'custom',
  phases: [
    { phase: 'look', part: twice('look') },
    { phase: 'take', part: twice('take') },
  ],
  cleanUp: [],
  watches: [],
};

const machine = machineOf(course);
const [begun] = initialTransition(machine, { asksPeople: false });

const behind = (...events: string[]): AnyMachineSnapshot =>
  events.reduce<AnyMachineSnapshot>((snapshot, event) => {
    const [how, step = ''] = event.split(' ');
    const type = how === 'done' ? `xstate.done.actor.${step}` : `xstate.error.actor.${step}`;
    return transition(machine, snapshot as never, { type, actorId: step, error: new Error('no') } as never)[0];
  }, begun);

/** The steps that it does now. */
const doing = (snapshot: AnyMachineSnapshot): string[] =>
  snapshot._nodes.flatMap(({ invoke }) => invoke.filter(({ src }) => src === 'step').map(({ id }) => id));

describe('branches side by side', () => {
  test('one that waits for another begins when that has ended', () => {
    expect(doing(behind('done preflight'))).toEqual(['look/orders']);
    expect(doing(behind('done preflight', 'done look/orders'))).toEqual(['look/carts']);
  });

  test('one waits again in the next phase, although the other ended in this one', () => {
    const next = behind('done preflight', 'done look/orders', 'done look/carts');
    expect(doing(next)).toEqual(['take/orders']);
  });

  test('an optional one that fails is given up in its own phase, and the next phase follows', () => {
    const next = behind('done preflight', 'done look/orders', 'failed look/carts');
    expect(doing(next)).toEqual(['take/orders']);
    expect(next.context.givenUp).toEqual([{ step: 'look/carts', reason: 'no' }]);
    expect(next.context.trouble).toBeNull();
  });

  test('one that is not optional ends the course', () => {
    expect(behind('done preflight', 'failed look/orders').matches('rollback')).toBe(true);
  });
});

import { expect, test } from 'vitest';
import { AT_REST } from '../../src/clock/clock.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { answerOf, eitherWay, lead, led, type Waiting } from '../../src/clock/waiting.ts';
import { Aborted } from '../../src/errors.ts';

test('work waits for the milliseconds that it yields, and gets what a promise gives', async () => {
  const clock = new VirtualClock(0);
  function* work(): Waiting<string> {
    yield 250;
    const given = yield clock.sleep(750).then(() => 'given');
    return `${given} at ${clock.nowMs()}`;
  }
  expect(await clock.run(led(work(), clock))).toBe('given at 1000');
});

test('a promise that fails fails within the work', async () => {
  const clock = new VirtualClock(0);
  function* work(): Waiting<string> {
    try {
      yield Promise.reject(new Error('no answer'));
      return 'answered';
    } catch (error) {
      return (error as Error).message;
    }
  }
  expect(await clock.run(led(work(), clock))).toBe('no answer');
});

test('a signal ends a wait at once, and every later one', async () => {
  const clock = new VirtualClock(0);
  const stop = new AbortController();
  const met: unknown[] = [];
  function* work(): Waiting<void> {
    try {
      yield 60_000;
    } catch (error) {
      met.push(error, clock.nowMs());
    }
    yield 1;
  }
  const ended = led(work(), clock, stop.signal);
  clock.setTimeout(() => stop.abort(), 5_000);
  await expect(clock.run(ended)).rejects.toThrow(Aborted);
  expect(met).toEqual([expect.any(Aborted), 5_000]);
});

test("a port's function gives the same to a caller that awaits it and to one that leads it", async () => {
  const clock = new VirtualClock(0);
  const ask = eitherWay(clock, function* (name: string) {
    yield 40;
    return `${name} at ${clock.nowMs()}`;
  });
  function* work(): Waiting<string> {
    return yield* answerOf(ask, 'led');
  }
  expect(await clock.run(ask('awaited'))).toBe('awaited at 40');
  expect(await clock.run(led(work(), clock))).toBe('led at 80');
  const real = async (name: string) => name;
  function* other(): Waiting<string> {
    return yield* answerOf(real, 'a promise');
  }
  expect(await clock.run(led(other(), clock))).toBe('a promise');
});

test('what a promise wakes goes on before the next timer, however much work waits on timers alone', async () => {
  const clock = new VirtualClock(0);
  const order: string[] = [];
  function* ticking(): Waiting<void> {
    for (let tick = 0; tick < 5; tick += 1) {
      order.push(`tick at ${clock.nowMs()}`);
      yield 1;
    }
  }
  lead(ticking(), clock, undefined, { done: () => AT_REST, failed: () => AT_REST });
  const sleeper = async () => {
    await clock.sleep(2);
    await undefined;
    await undefined;
    order.push(`awake at ${clock.nowMs()}`);
    await clock.sleep(10);
  };
  await clock.run(sleeper());
  expect(order.filter((one) => one.startsWith('awake'))).toEqual(['awake at 2']);
  expect(order.indexOf('awake at 2')).toBe(order.indexOf('tick at 2') - 1);
});

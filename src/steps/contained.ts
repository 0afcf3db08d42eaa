import { Aborted, DrillError } from '../errors.ts';
import { plainData, shown } from './plain-data.ts';
import type { AnyStep, Observation, StepContext } from './step.ts';

/** So long own code may take to end after it was told to; then nobody waits for it any more. */
const GRACE_MS = 5_000;
const LONGEST_MESSAGE = 2_000;

/** What is wrong with the members of a step that a module exports; nothing, where all are as the types say. */
export function misshapen(step: AnyStep): string | undefined {
  const members = step as unknown as Record<string, unknown>;
  for (const name of ['permissions', 'command', 'usuallyMs', 'title', 'observe'])
    if (typeof members[name] !== 'function') return `its ${name} is no function`;
  for (const name of FUNCTIONS)
    if (members[name] !== undefined && typeof members[name] !== 'function') return `its ${name} is no function`;
  if (typeof step.params?.parse !== 'function') return 'its params is no schema of zod';
  if (typeof step.given?.params !== 'function' || typeof step.given.schema?.safeParse !== 'function')
    return 'its given is not what given() makes';
  if (typeof step.calls !== 'function' && !isTexts(step.calls)) return 'its calls are no list of texts';
  if (step.plane !== 'control' && step.plane !== 'data') return "its plane is neither 'control' nor 'data'";
  if (step.undo && !step.undoCommand) return 'it has an undo, and no undoCommand';
  if (step.undoWithinMs !== undefined && !(step.undoWithinMs > 0 && step.undoWithinMs < Number.POSITIVE_INFINITY))
    return 'its undoWithinMs is no number of milliseconds';
  return undefined;
}

const FUNCTIONS = [
  'needs',
  'alters',
  'region',
  'makesAnew',
  'apply',
  'settle',
  'standing',
  'undo',
  'undoCommand',
  'doneWhen',
  'whenHeld',
  'staysBehindUndo',
];

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/**
 * A step of the user's own that cannot hurt a run: what it throws is an error with words, what it gives is JSON, and when its time is up
 * nobody waits for it any longer than 5 s.
 */
export function contained(step: AnyStep): AnyStep {
  const { kind } = step;
  const wrong = (what: string, why: string) =>
    new DrillError('own-step', `${kind}: ${what} ${why}.`, { hint: `Correct the module that exports ${kind}.` });

  const json = (what: string, value: unknown) => {
    const checked = plainData(value);
    if ('wrong' in checked) throw wrong(`${what} gives what is no JSON`, `(${checked.wrong})`);
    return checked.json;
  };
  const waited = (what: string, context: StepContext, work: () => unknown) =>
    untilGivenUp(work, context).catch((error) => {
      throw errorOf(error, (thrown) => wrong(what, `throws ${thrown} instead of an Error`));
    });
  const observation = (value: unknown): Observation => {
    const seen = json('observe', value);
    if (typeof seen !== 'object' || seen === null || Array.isArray(seen) || typeof seen.done !== 'boolean')
      throw wrong('observe', 'gives no { done: boolean, state }');
    return { ...seen, state: seen.state ?? null } as unknown as Observation;
  };
  /** What is only shown never stops a run. */
  const text = (what: string, work: () => unknown): string => {
    try {
      const value = work();
      return typeof value === 'string' ? value.slice(0, LONGEST_MESSAGE) : `${kind} (its ${what} is no text)`;
    } catch (error) {
      return `${kind} (its ${what} throws: ${shown(error)})`;
    }
  };

  const { title, command, doneWhen, apply, settle, undo, undoCommand, standing, whenHeld } = step;
  return {
    ...step,
    // The types ask for it; a module that was compiled before they did needs nothing.
    needs: (params) => step.needs?.(params) ?? [],
    title: (params) => text('title', () => title.call(step, params)),
    command: (params) => text('command', () => command.call(step, params)),
    ...(doneWhen && { doneWhen: (params) => text('doneWhen', () => doneWhen.call(step, params)) }),
    observe: async (params, context) =>
      observation(await waited('observe', context, () => step.observe(params, context))),
    ...(apply && {
      apply: async (params, context, before) =>
        json('apply', await waited('apply', context, () => apply.call(step, params, context, before))),
    }),
    ...(settle && {
      settle: async (params, context, before, receipt) =>
        json('settle', await waited('settle', context, () => settle.call(step, params, context, before, receipt))) ??
        null,
    }),
    ...(undo && {
      undo: async (params, context, before) => {
        await waited('undo', context, () => undo.call(step, params, context, before));
      },
    }),
    ...(undoCommand && {
      undoCommand: (params, before) => text('undoCommand', () => undoCommand.call(step, params, before)),
    }),
    ...(standing && {
      standing: async (params, context, settled) => {
        const found = json(
          'standing',
          await waited('standing', context, () => standing.call(step, params, context, settled)),
        ) as { asAsked?: unknown; facts?: unknown } | null | undefined;
        if (typeof found?.asAsked !== 'boolean' || !isTexts(found.facts))
          throw wrong('standing', 'gives no { asAsked: boolean, facts: string[] }');
        return { asAsked: found.asAsked, facts: found.facts };
      },
    }),
    ...(whenHeld && {
      whenHeld: async (params, context) => {
        await waited('whenHeld', context, () => whenHeld.call(step, params, context));
      },
    }),
  };
}

/** An error with a name and a message, whatever was thrown. */
function errorOf(thrown: unknown, instead: (what: string) => Error): Error {
  try {
    if (!(thrown instanceof Error)) return instead(shown(thrown));
    if (typeof thrown.name !== 'string' || typeof thrown.message !== 'string') return instead('a strange error');
    if (thrown.message.length > LONGEST_MESSAGE) return instead(`${thrown.message.slice(0, LONGEST_MESSAGE)} …`);
    return thrown;
  } catch {
    return instead('a strange error');
  }
}

/** What the work gives; once the step is to end, the work has 5 s for it. */
function untilGivenUp(work: () => unknown, { signal, clock }: StepContext): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let timer: unknown;
    const onAbort = () => {
      timer = clock.setTimeout(() => reject(new Aborted()), GRACE_MS);
    };
    const done = () => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    Promise.resolve().then(work).then(resolve, reject).finally(done);
  });
}

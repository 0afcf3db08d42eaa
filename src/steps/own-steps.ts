import { createRequire } from 'node:module';
import { steps, takeInStep } from './index.ts';
import type { AnyStep } from './step.ts';

/** Loaded at once, so that a mistake in it is told with all others of the drill file. */
const load = createRequire(import.meta.url);

/** Where each kind that is not ours came from. */
const origins = new Map<string, string>();

/** Takes in the steps of a user's own module; gives what is wrong with it, or nothing. */
export function takeInOwnSteps(file: string): string | undefined {
  let exported: Record<string, unknown>;
  try {
    exported = load(file) as Record<string, unknown>;
  } catch (error) {
    return `${file} cannot be loaded: ${(error as Error).message.split('\n')[0]}`;
  }
  const found = Object.values(exported).filter(looksLikeStep);
  if (found.length === 0) return `${file} exports no step that defineStep made`;
  for (const step of found) {
    if (!/^[a-z0-9-]+\.[a-z0-9-]+$/.test(step.kind))
      return `'${step.kind}' is no kind of step, such as shop.warm-cache`;
    if (!step.given) return `${step.kind} says not what may stand in 'with': it lacks given`;
    if ((origins.get(step.kind) ?? file) !== file || (steps.has(step.kind) && !origins.has(step.kind)))
      return `there is a kind of step '${step.kind}' already`;
    origins.set(step.kind, file);
    // The types ask for it; a module that was compiled before they did needs nothing.
    takeInStep(typeof step.needs === 'function' ? step : { ...step, needs: () => [] });
  }
  return undefined;
}

const looksLikeStep = (value: unknown): value is AnyStep =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  'observe' in value &&
  typeof value.observe === 'function';

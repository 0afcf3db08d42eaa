import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { contained, misshapen } from '../steps/contained.ts';
import { catchLateErrors } from '../steps/late-errors.ts';
import { shown } from '../steps/plain-data.ts';
import type { AnyStep } from '../steps/step.ts';
import { isStandIn } from './not-loaded.ts';
import { steps, takeInStep } from './steps.ts';

/** Loaded at once, so that a mistake in it is told with all others of the drill file. */
const load = createRequire(import.meta.url);

/** Where each kind that is not ours came from. */
const origins = new Map<string, string>();

export const KIND = /^[a-z0-9-]+\.[a-z0-9-]+$/;

/** What is wrong with a module as a file, without reading it; nothing, where it is one. */
export function noModule(file: string): string | undefined {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (!facts) return `there is no module ${file}`;
  return facts.isFile() ? undefined : `${file} is not a regular file`;
}

/** Runs a user's own module and takes in its steps; gives what is wrong with it, or nothing. */
export function takeInOwnSteps(file: string): string | undefined {
  const missing = noModule(file);
  if (missing !== undefined) return missing;
  catchLateErrors();
  let found: AnyStep[];
  try {
    found = Object.values(load(file) as Record<string, unknown>).filter(looksLikeStep);
  } catch (error) {
    return `${file} cannot be loaded: ${shown(error).split('\n')[0]}`;
  }
  if (found.length === 0) return `${file} exports no step that defineStep made`;
  for (const step of found) {
    if (!KIND.test(step.kind)) return `'${step.kind}' is no kind of step, such as shop.warm-cache`;
    if (!step.given) return `${step.kind} does not define its parameters: 'given' is missing`;
    const wrong = misshapen(step);
    if (wrong !== undefined) return `${step.kind} cannot be used: ${wrong}`;
    const known = steps.get(step.kind);
    if ((origins.get(step.kind) ?? file) !== file || (known && !origins.has(step.kind) && !isStandIn(known)))
      return `there is a kind of step '${step.kind}' already`;
    origins.set(step.kind, file);
    takeInStep(contained(step));
  }
  return undefined;
}

/** Whether a kind of step came from a user's module. */
export const isOwnKind = (kind: string): boolean => origins.has(kind);

const looksLikeStep = (value: unknown): value is AnyStep =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  'observe' in value;

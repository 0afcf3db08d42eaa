/**
 * What the code of own steps throws when nobody waits for it: in a timer, or after its promise has settled. The step that is under way
 * fails with it; where none is, the next one does.
 */
const unheard: unknown[] = [];
const listeners = new Set<() => void>();

/** From now on such errors do not end the process. Called once own code has been loaded. */
export function catchLateErrors(): void {
  if (process.listeners('uncaughtException').includes(met)) return;
  process.on('uncaughtException', met);
  process.on('unhandledRejection', met);
}

function met(error: unknown): void {
  unheard.push(error);
  for (const listener of [...listeners]) listener();
}

/** Takes the first error that no step has failed with. */
export const takeLateError = (): { error: unknown } | undefined =>
  unheard.length === 0 ? undefined : { error: unheard.splice(0)[0] };

/** Calls back at each, and at once where there is one; gives the way to stop. */
export function onLateError(listener: () => void): () => void {
  listeners.add(listener);
  if (unheard.length > 0) listener();
  return () => listeners.delete(listener);
}

const stopsBySignal = new WeakMap<AbortSignal, Set<() => void>>();

/** What a signal is to stop. One listener represents all waits: a listener costs more than a wait, and a watch waits all the time. */
export function stopsOf(signal: AbortSignal): Set<() => void> {
  const known = stopsBySignal.get(signal);
  if (known) return known;
  const stops = new Set<() => void>();
  stopsBySignal.set(signal, stops);
  const stopAll = () => {
    for (const stop of stops) stop();
  };
  signal.addEventListener('abort', stopAll, { once: true });
  return stops;
}

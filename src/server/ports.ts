import { callIn, failed, type Methods, textOf } from '../ports/over-http.ts';
import type { Ports } from '../ports/ports.ts';

/** What a live run asks besides AWS; people answer it themselves, and its session is its own. */
export type ServedPorts = Omit<Ports, (typeof OWN)[number]>;

const OWN = ['people', 'channels', 'session'] as const;

type Anything = Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** The methods that can be asked over HTTP. */
export const methodsOf = (ports: ServedPorts): Methods =>
  Object.fromEntries(
    Object.entries(ports).flatMap(([name, methods]) =>
      OWN.some((one) => one === name) ? [] : [[name, Object.keys(methods)]],
    ),
  );

/** Answers a call as the world does, in the world's own time; `undefined` for one that makes no sense. */
export async function askPort(ports: ServedPorts, text: string, signal: AbortSignal): Promise<string | undefined> {
  const call = sensible(ports, text, signal);
  if (!call) return undefined;
  const { port, method, args } = call;
  try {
    return textOf({ value: await (ports as unknown as Anything)[port]?.[method]?.(...args) });
  } catch (error) {
    return textOf(failed(error as Error));
  }
}

function sensible(ports: ServedPorts, text: string, signal: AbortSignal) {
  try {
    const call = callIn(text, signal);
    return methodsOf(ports)[call.port]?.includes(call.method) ? call : undefined;
  } catch {
    return undefined;
  }
}

import { Aborted, UnknownOutcome } from '../errors.ts';
import { answerIn, errorOf, type Methods, PORTS_PATH, type PortAnswer, textOf } from '../ports/over-http.ts';
import type { Ports } from '../ports/ports.ts';
import type { Query } from '../ports/sql.ts';

/** Everything besides AWS that the world of a simulated account answers for. */
export type SimulatedPorts = Omit<Ports, 'people' | 'channels' | 'session'>;

const FOUND_WITHIN_MS = 2_000;

/**
 * The ports of the world that `dr-drill simulate` serves at AWS_ENDPOINT_URL; nothing where that leads to something else, or only some
 * services go there: calls to AWS and all others go to the same world, or none does.
 */
export async function simulatedPorts(env = process.env): Promise<SimulatedPorts | undefined> {
  const { AWS_ENDPOINT_URL: url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored } = env;
  const hasOthers = Object.keys(env).some((name) => name.startsWith('AWS_ENDPOINT_URL_') && env[name]);
  // It serves no TLS: whatever has it is not asked.
  if (!url || !/^http:/i.test(url) || hasOthers || ignored === 'true') return undefined;
  const at = url.replace(/\/+$/, '') + PORTS_PATH;
  const before = found.get(at);
  if (before) return before;
  const signal = AbortSignal.timeout(FOUND_WITHIN_MS);
  const methods = await fetch(at, { signal })
    .then((answer) => (answer.ok ? (answer.json() as Promise<Methods>) : undefined))
    .catch(() => undefined);
  if (!methods || !Array.isArray(methods.kubernetes)) return undefined;
  const port = ([name, all]: [string, string[]]) => [
    name,
    Object.fromEntries(all.map((method) => [method, (...args: unknown[]) => ask(at, name, method, args)])),
  ];
  const ports: SimulatedPorts = Object.fromEntries(Object.entries(methods).map(port));
  found.set(at, ports);
  return ports;
}

/** A run that needed no consent because of a simulated world goes to it for good: if it is gone by then, nothing real answers instead. */
const found = new Map<string, SimulatedPorts>();

async function ask(at: string, port: string, method: string, args: unknown[]): Promise<unknown> {
  const signal = args.flatMap((one) => signalOf(one) ?? [])[0];
  if (signal?.aborted) throw new Aborted();
  const answer = await fetch(at, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: textOf({ port, method, args }),
    ...(signal && { signal }),
  })
    .then(async (said): Promise<PortAnswer> => {
      if (said.ok) return answerIn(await said.text());
      throw new Error(`HTTP ${said.status}`);
    })
    .catch((cause: Error) => {
      if (signal?.aborted) throw new Aborted();
      const what = `${method} of ${port}`;
      if (mayChange(port, method, args)) throw new UnknownOutcome(what, cause);
      throw Object.assign(new Error(`The simulated account did not answer ${what}: ${cause.message}`, { cause }), {
        name: 'Unavailable',
      });
    });
  if ('error' in answer) throw errorOf(answer.error);
  return answer.value;
}

/** A signal stands alone, or among what is asked for. */
const signalOf = (one: unknown): AbortSignal | undefined =>
  one instanceof AbortSignal
    ? one
    : typeof one === 'object' && one !== null && 'signal' in one
      ? signalOf(one.signal)
      : undefined;

const CHANGES: Record<string, string[]> = {
  kubernetes: ['scale', 'setMinimum', 'setEnvironment', 'createNamespace', 'deleteNamespace', 'apply'],
  kafka: ['commit', 'forget', 'produce'],
  failure: ['inject', 'heal'],
};

const mayChange = (port: string, method: string, args: unknown[]): boolean =>
  CHANGES[port]?.includes(method) === true || (port === 'sql' && (args[1] as Query).changes === true);

import type { Transport } from '../../src/aws/aws.ts';
import type { LoadedDrill } from '../../src/drill/load.ts';
import { Aborted, DrillError } from '../../src/errors.ts';
import type { Entry } from '../../src/journal/events.ts';
import { steps } from '../../src/platform/steps.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { factsBeforeRun } from '../../src/runbook/not-yet-known.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { callsWith } from '../../src/steps/step.ts';
import { answersAtOnce } from './answers-at-once.ts';
import type { Account } from './prepared-account.ts';

/** What becomes of all that a step asks while it continues: AWS, databases, clusters and people refuse, or nobody answers at all. */
export type Sabotage = 'refused' | 'unanswered';

const DENIED = awsError('AccessDenied', 'it is sabotaged');
const NOT_LET_IN = new DrillError('login-failed', 'it is sabotaged');

/** An account in which one step of a drill is kept from doing its work. */
export function sabotaging(step: string, how: Sabotage, loaded: LoadedDrill): Account {
  let goesOn = false;
  const onEntry = (entry: Entry) => {
    if (entry.type === 'step-started' && entry.step === step) goesOn = true;
    if (entry.type === 'step-ended' && entry.step === step) goesOn = false;
  };
  const { calls, isCluster, isVisit } = reachOf(loaded, step);
  const kept = <T>(ask: () => Promise<T>, signal: AbortSignal | undefined, refusal: Error): Promise<T> => {
    if (!goesOn) return ask();
    return how === 'refused' ? Promise.reject(refusal) : silence(signal);
  };
  const through = (transport: Transport): Transport => ({
    send(service, region, operation, input, signal) {
      const send = () => transport.send(service, region, operation, input, signal);
      return calls.includes(`${service}:${operation}`) ? kept(send, signal, DENIED) : send();
    },
  });
  const keptFrom = <P extends object>(port: P): P =>
    new Proxy(port, {
      get(target, key) {
        const value = Reflect.get(target, key);
        // What only remembers is asked nothing.
        if (typeof value !== 'function' || answersAtOnce(key)) return value;
        return (...asked: unknown[]) => kept(() => value.apply(target, asked), signalAmong(asked), NOT_LET_IN);
      },
    });
  const portsThrough = (ports: Ports): Ports => {
    const { kubernetes, sql, redis, kafka, dns, http, failure, people } = ports;
    if (isCluster) return { ...ports, kubernetes: keptFrom(kubernetes) };
    if (isVisit) return { ...ports, dns: keptFrom(dns), http: keptFrom(http) };
    return {
      ...ports,
      sql: keptFrom(sql),
      redis: keptFrom(redis),
      kafka: keptFrom(kafka),
      // Customers are refused nothing: what they meet would be taken for the failure.
      dns: how === 'refused' ? dns : keptFrom(dns),
      http: how === 'refused' ? http : keptFrom(http),
      failure: keptFrom(failure),
      people: keptFrom(people),
    };
  };
  return { through, portsThrough, onEntry };
}

/** What of the world a step works with: others continue beside it. */
function reachOf({ drill, topology }: LoadedDrill, step: string) {
  const { kind = '', params } = runbookFor(drill, topology).steps[step] ?? {};
  const known = steps.get(kind);
  return {
    calls: known ? callsWith(known, params?.(factsBeforeRun)) : [],
    isCluster: /^(eks|kubernetes)\./.test(kind),
    isVisit: kind === 'probe.baseline',
  };
}

const signalAmong = (asked: unknown[]): AbortSignal | undefined =>
  asked
    .map((one) => (one instanceof AbortSignal ? one : (one as { signal?: AbortSignal } | undefined)?.signal))
    .find((one) => one instanceof AbortSignal);

const silence = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Aborted()), { once: true }));

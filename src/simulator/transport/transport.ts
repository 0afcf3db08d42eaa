import type { Service, Transport } from '../../aws/aws.ts';
import { awsError, named } from '../faults.ts';
import { isHeldBy } from '../fis.ts';
import { ofNeighbour } from '../neighbours.ts';
import { pageOf } from '../pages.ts';
import { isOutOfReach } from '../partition.ts';
import { operationOf } from '../twins.ts';
import { upToDate } from '../up-to-date.ts';
import { nextDraw, type World } from '../world.ts';
import { answerIsLost, refusal } from './refusals.ts';
import { streaming } from './streaming.ts';

/** The way into the simulated account: what the SDK's clients would give, without them. No request leaves the process. */
export const transportOf = (world: World): Transport => ({
  async send(service, region, operation, input, signal, answerWithinMs) {
    const { clock, durations } = world;
    const call = { service, region, operation, signal };
    const limit = { beganMs: clock.nowMs(), withinMs: answerWithinMs ?? durations.apiTimeout };
    const answered = answer(world, call, input);
    // No other answer takes as long as a call usually waits.
    const inTime =
      answerWithinMs === undefined
        ? answered
        : Promise.race([answered, clock.sleep(answerWithinMs, signal).then(() => undefined)]);
    return streaming(await inTime) ?? timeOut(world, call, limit);
  },
});

/** One request to the simulated account. */
export interface Call {
  service: Service;
  region: string;
  operation: string;
  /** Cuts the time short that an answer takes. */
  signal?: AbortSignal | undefined;
}

/**
 * What AWS answers to a request, `undefined` where it never would: the region is lost, or only the answer is.
 * Rejects with what the service refuses, as the SDK names it.
 */
export async function answer(world: World, call: Call, input: object): Promise<object | undefined> {
  const { service, region, operation, signal } = call;
  const { clock } = world;
  const kind = `${service}/${region}/${operation}`;
  const latencyMs = world.durations.apiCall(nextDraw(world, kind));
  const $metadata = {
    httpStatusCode: 200,
    requestId: requestId(world, `${kind}#${world.calls[kind]}`),
    attempts: 1,
    totalRetryDelay: 0,
  };
  if (unreachable(world, call)) return undefined;
  const beganMs = clock.nowMs();
  await clock.sleep(latencyMs, signal);
  upToDate(world);
  if (unreachable(world, call)) return undefined;
  try {
    const refused = refusal(world, service, region, operation);
    if (refused) throw refused;
    const carryOut = operationOf(service, operation);
    if (!carryOut) throw awsError('UnknownOperationException', `The simulated ${service} does not know ${operation}.`);
    const made = ofNeighbour(call, input) ?? world.atOneInstant(() => carryOut(world, region, input as never, beganMs));
    // What takes no time must not take a turn of the event loop either.
    const whole = made instanceof Promise ? await made : made;
    const output = pageOf(world, call, input, whole);
    if (answerIsLost(world, service, operation)) return undefined;
    return { ...output, $metadata };
  } catch (error) {
    const { httpStatusCode } = (error as { $metadata?: { httpStatusCode: number } }).$metadata ?? $metadata;
    throw Object.assign(error as Error, { $metadata: { ...$metadata, httpStatusCode } });
  }
}

/** The control planes of Route 53 and IAM are in one region of their partition, and are lost with it. What answers customers goes on. */
export const unreachable = (world: World, { service, region }: Pick<Call, 'service' | 'region'>): boolean =>
  isOutOfReach(world, region, world.clock.nowMs()) && !(service === 'fis' && isHeldBy(world, region));

interface Limit {
  beganMs: number;
  withinMs: number;
}

async function timeOut({ clock }: World, { service, region, signal }: Call, { beganMs, withinMs }: Limit) {
  await clock.sleep(Math.max(0, beganMs + withinMs - clock.nowMs()), signal);
  const message = `${service} in ${region} did not answer within ${withinMs / 1000} s.`;
  throw Object.assign(named('TimeoutError', message), { $metadata: { attempts: 1, totalRetryDelay: 0 } });
}

/** As AWS writes them: a UUID. */
function requestId({ draw }: World, key: string): string {
  const drawn = draw(`request/${key}`) * 2 ** 32;
  const word = (part: number) => (Math.imul(drawn + part, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  const middle = word(2);
  return `${word(1)}-${middle.slice(0, 4)}-4${middle.slice(5)}-a${word(3).slice(5)}-${word(4)}${word(5).slice(4)}`;
}

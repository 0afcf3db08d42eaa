import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { SimulatedWorld } from '../simulator/simulate.ts';
import type { Caller } from '../simulator/sts.ts';
import type { Operation, ServedService } from './catalogue.ts';
import type { Chaos } from './chaos.ts';
import type { Received, Reply } from './exchange.ts';
import { faultOf } from './fault.ts';
import { mustFit } from './input.ts';
import { protocolOf, serviceByUri } from './protocols/index.ts';
import type { Protocol } from './protocols/protocol.ts';
import { Refusal } from './refusal.ts';
import { mustBeFresh, type Scope, scopeOf } from './signature.ts';

/** What the server needs of a world. */
export type ServedWorld = Pick<SimulatedWorld, 'answer' | 'unreachable' | 'caller' | 'state'>;

export interface Account {
  world: ServedWorld;
  services: Map<string, ServedService>;
  chaos: Chaos;
  clock: Clock;
  /** Fires when the server closes. */
  closed: AbortSignal;
}

/** What became of a request, for those who look on. */
export interface AnsweredCall {
  service: string;
  region: string;
  operation: string;
  /** `ok`, `silent` where nobody answered, or the error's code on the wire. */
  outcome: string;
  tookMs: number;
}

/** Answers a request as AWS would; `undefined` where it would never be answered. */
export async function answerCall(request: Received, account: Account, tell: (call: AnsweredCall) => void) {
  const { services, clock } = account;
  const fromMs = clock.elapsedMs();
  const scope = attempt(() => scopeOf(request));
  const served =
    scope instanceof Error ? serviceByUri(request, [...services.values()]) : services.get(scope.signingName);
  const protocol = protocolOf(request, served);
  const name = protocol.operationName(request, served);
  const told = (outcome: string) => {
    const where = scope instanceof Error ? undefined : scope;
    const service = served?.service ?? where?.signingName ?? '-';
    const tookMs = clock.elapsedMs() - fromMs;
    tell({ service, region: where?.region ?? '-', operation: name ?? '-', outcome, tookMs });
  };
  try {
    if (scope instanceof Error) throw scope;
    const reply = await carryOut({ request, scope, served, protocol, name }, account);
    told(reply ? 'ok' : 'silent');
    return reply;
  } catch (error) {
    const fault = faultOf(error, served, protocol.errorForm);
    const { requestId = randomUUID() } = (error as { $metadata?: { requestId?: string } }).$metadata ?? {};
    told(fault.code);
    return protocol.refuse(fault, { request, served, requestId });
  }
}

interface Call {
  request: Received;
  scope: Scope;
  served: ServedService | undefined;
  protocol: Protocol;
  name: string | undefined;
}

async function carryOut(
  { request, scope, served, protocol, name }: Call,
  account: Account,
): Promise<Reply | undefined> {
  const { world, chaos, clock, closed } = account;
  const { region } = scope;
  const caller = callerOf(account, scope);
  if (chaos.isSilent(region) || (served && world.unreachable({ service: served.service, region }))) return undefined;
  mustBeFresh(scope, clock.nowMs());
  const operation = known(served, name);
  if (!served || !operation) throw unknown(name, served);
  const { service } = served;
  chaos.mustAllow(operation, caller.Arn);
  chaos.mustNotThrottle(served, operation.name);
  const input = await protocol.read(request, operation, served);
  mustFit(operation.input, input);
  if (chaos.latencyMs > 0) await clock.sleep(chaos.latencyMs, closed);
  const answer = await world.answer({ service, region, operation: operation.name, signal: closed }, input);
  if (answer === undefined || chaos.losesAnswer(served, operation.name)) return undefined;
  const { $metadata, ...output } = answer as { $metadata?: { requestId?: string } };
  const isCaller = operation.name === 'GetCallerIdentity' && (output as Partial<Caller>).Arn === world.caller().Arn;
  const own = isCaller ? caller : {};
  const requestId = $metadata?.requestId ?? randomUUID();
  return protocol.answer({ ...output, ...own }, { request, served, operation, requestId });
}

/** What the simulator lacks is unknown here, whether AWS knows it or not. */
const known = (served: ServedService | undefined, name: string | undefined): Operation | undefined =>
  name === undefined ? undefined : served?.operations.get(name);

const unknown = (name: string | undefined, served: ServedService | undefined): Refusal => {
  const version = served?.settings.version;
  return new Refusal(
    'unknown-operation',
    name === undefined
      ? 'The request names no operation that is known here.'
      : `Could not find operation ${name}${version ? ` for version ${version}` : ''}`,
  );
};

/** The caller, by the signing key, or as configured: each key is a separate session. */
function callerOf({ world, chaos }: Account, { keyId }: Scope) {
  const known = world.caller();
  const caller = { ...known, Arn: known.Arn.replace(/[^/]+$/, keyId.replace(/[^\w+=,.@-]/g, '-')) };
  const { account } = chaos;
  return account === null ? caller : { ...caller, Account: account, Arn: caller.Arn.replace(caller.Account, account) };
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}

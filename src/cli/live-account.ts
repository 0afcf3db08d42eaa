import { randomInt } from 'node:crypto';
import type { Aws, Service } from '../aws/aws.ts';
import { isChange } from '../aws/changes.ts';
import { type Gateway, gateway } from '../aws/gateway.ts';
import { CallBudget } from '../aws/limits.ts';
import type { Clock } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { objectOf } from '../components/index.ts';
import { allComponents } from '../drill/components.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { regionsOf } from '../drill/regions.ts';
import { DrillError } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';
import { mustAgreeOnTime, refusal } from '../live/refusals.ts';
import { type SimulatedPorts, simulatedPorts } from '../live/simulated-ports.ts';
import { type LiveTransport, liveTransport } from '../live/transport.ts';
import { endInWords } from './interrupt.ts';
import { mfaCodeHere } from './mfa-code.ts';

/** A real account, seen to be the one that the topology allows. */
export interface LiveAccount {
  transport: LiveTransport;
  budget: CallBudget;
  clock: Clock;
  /** The way to AWS before a run has begun, and outside of one: reads only. */
  aws: Gateway;
  /** Who the credentials say we are. */
  arn: string;
  /** What answers beside a simulated account. */
  world: SimulatedPorts | undefined;
}

export const jitter = (): number => randomInt(2 ** 32) / 2 ** 32;

/** The way to AWS for what is no part of a run, and is not in its journal. */
export const gatewayOutside = (
  {
    transport,
    clock,
    budget = new CallBudget(clock),
  }: Pick<LiveAccount, 'transport' | 'clock'> & { budget?: CallBudget },
  regions: readonly string[],
  { readOnly = false, record = () => {} }: { readOnly?: boolean; record?: (event: RunEvent) => void } = {},
): Gateway =>
  gateway({
    transport,
    clock,
    regions,
    record,
    isChange: (service, operation) => isChange(`${service}:${operation}`),
    jitter,
    // A person waits for an answer.
    patienceMs: 10_000,
    budget,
    readOnly,
  });

/** Connects with the SDK's own settings. Throws a DrillError where the account is another one, or cannot be reached. */
export async function connect({ topology }: Pick<LoadedDrill, 'topology'>): Promise<LiveAccount> {
  endInWords();
  const clock = realClock();
  const transport = await liveTransport(clock, {
    region: topology.regions.recovery,
    account: topology.account,
    endpoints: endpointsOf(topology),
    askMfaCode: mfaCodeHere(),
  });
  const budget = new CallBudget(clock);
  const aws = gatewayOutside({ transport, clock, budget }, regionsOf(topology), {
    readOnly: true,
  });
  const arn = await callerIn(topology, aws, transport);
  return { transport, budget, clock, aws, arn, world: await simulatedPorts() };
}

/** Where services answer at addresses of their own, by service and region. */
function endpointsOf(topology: LoadedDrill['topology']) {
  const found: { [S in Service]?: Record<string, string> } = {};
  for (const one of allComponents(topology))
    for (const [service, regions] of Object.entries(objectOf(one).endpointsOf?.(one as never) ?? {}))
      found[service as Service] = { ...found[service as Service], ...regions };
  return found;
}

/** Asked in the recovery region: the other one may be lost. */
async function callerIn(
  { account, regions }: LoadedDrill['topology'],
  aws: Gateway,
  transport: LiveTransport,
): Promise<string> {
  const region = regions.recovery;
  const asked = { service: 'sts', region, operation: 'GetCallerIdentity' } as const;
  try {
    const identity = await aws({ step: 'connect', signal: new AbortController().signal }).call(
      'sts',
      region,
      'GetCallerIdentity',
      {},
    );
    mustAgreeOnTime(transport.clockOffsetMs());
    if (identity.Account === account) return identity.Arn ?? '';
    throw new DrillError(
      'wrong-account',
      `These credentials belong to account ${identity.Account}; the topology allows ${account} only.`,
      { hint: 'Choose the right profile, or correct the topology.' },
    );
  } catch (error) {
    throw refusal(error, asked);
  }
}

/** Errors of AWS that a person can fix, with what to do. */
export const explaining = (aws: Aws): Aws => ({
  call: (service, region, operation, input, options) =>
    aws.call(service, region, operation, input, options).catch((error: unknown) => {
      throw refusal(error, { service, region, operation });
    }),
});

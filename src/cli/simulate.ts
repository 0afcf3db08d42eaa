import { realClock } from '../clock/real-clock.ts';
import { loadTopology } from '../drill/load.ts';
import { simulationSchema } from '../drill/simulation.ts';
import { isLoopback } from '../server/foreign.ts';
import { type AnsweredCall, type ChaosChange, serve } from '../server/serve.ts';
import { simulate } from '../simulator/simulate.ts';
import { address } from './address.ts';
import type { CallRule } from './call-rule.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { toldToEnd } from './told-to-end.ts';

export interface SimulateCommandOptions {
  listen: string;
  topology: string;
  speed: number;
  seed: number;
  latency?: number;
  throttle: CallRule[];
  lose: CallRule[];
  silent: string[];
  deny: string[];
  expiredCredentials?: boolean;
  account?: string;
  quiet?: boolean;
}

/** Serves a simulated account in real time until it is told to end. */
export async function simulateCommand(options: SimulateCommandOptions, terminal: Terminal): Promise<number> {
  const clock = realClock();
  const listen = address(options.listen, '127.0.0.1:4566');
  const topology = loadTopology(options.topology);
  const { seed, speed, quiet } = options;
  const world = simulate({ topology, simulation: simulationSchema.parse({}), seed, clock, speed });
  // From here on a signal ends it in order, however early it comes.
  const ended = toldToEnd();
  const told = (call: AnsweredCall) => terminal.err(`${lineOf(call)}\n`);
  const server = await serve({
    world,
    listen,
    chaos: chaosOf(options),
    clock,
    ...(quiet ? {} : { onCall: told }),
  });
  terminal.out(`Simulated AWS account ${topology.account} at ${server.url}\n`);
  if (!isLoopback(listen.host))
    terminal.err(`Anyone who can reach ${listen.host} can use and change this account: it asks for no password.\n`);
  if (!quiet) terminal.err(howToUse(server.url));
  await ended;
  await server.close();
  return exitCodes.passed;
}

const howToUse = (url: string): string => `
Point any client at it:
  export AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=simulated AWS_SECRET_ACCESS_KEY=simulated
  aws sts get-caller-identity --region us-east-1

`;

const lineOf = ({ service, region, operation, outcome, tookMs }: AnsweredCall): string =>
  `${outcome.padEnd(8)} ${service}:${operation} ${region} ${tookMs} ms`;

function chaosOf({ latency, throttle, lose, silent, deny, expiredCredentials, account }: SimulateCommandOptions) {
  const chaos: ChaosChange = { throttle, lose, silentRegions: silent, denied: deny };
  if (latency !== undefined) chaos.latencyMs = latency;
  if (expiredCredentials) chaos.expiredCredentials = true;
  if (account !== undefined) chaos.account = account;
  return chaos;
}

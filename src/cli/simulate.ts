import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { realClock } from '../clock/real-clock.ts';
import { loadDrill, loadTopology } from '../drill/load.ts';
import { type Simulation, simulationSchema } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { isLoopback } from '../server/foreign.ts';
import { type AnsweredCall, type ChaosChange, serve } from '../server/serve.ts';
import { simulate } from '../simulator/simulate.ts';
import { address } from './address.ts';
import type { CallRule } from './call-rule.ts';
import { exitCodes } from './exit-codes.ts';
import { simulationOf } from './rehearse.ts';
import type { Terminal } from './terminal.ts';
import { toldToEnd } from './told-to-end.ts';

export interface SimulateCommandOptions {
  listen?: string;
  topology?: string;
  drill?: string;
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

const USUAL_PORT = '127.0.0.1:4566';

/** Serves a simulated account in real time until it is told to end, or for as long as a command runs; gives the command's exit code. */
export async function simulateCommand(
  [program, ...args]: string[],
  options: SimulateCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const clock = realClock();
  const listen = address(options.listen ?? (program === undefined ? USUAL_PORT : '127.0.0.1:0'), USUAL_PORT);
  const { seed, speed, quiet = program !== undefined } = options;
  const { topology, simulation } = described(options);
  const world = simulate({ topology, simulation, seed, clock, speed });
  // From here on a signal ends it in order, however early it comes.
  const ended = toldToEnd();
  const told = (call: AnsweredCall) => terminal.err(`${lineOf(call)}\n`);
  const server = await serve({
    world,
    ports: world.ports,
    listen,
    chaos: chaosOf(options),
    clock,
    ...(quiet ? {} : { onCall: told }),
  });
  const said = `Simulated AWS account ${topology.account} at ${server.url}\n`;
  if (program === undefined) terminal.out(said);
  else terminal.err(said);
  if (!isLoopback(listen.host))
    terminal.err(`Anyone who can reach ${listen.host} can use and change this account: it asks for no password.\n`);
  if (!quiet) terminal.err(howToUse(server.url));
  const exitCode =
    program === undefined ? ended.then(() => exitCodes.passed) : besides(program, args, server.url, ended);
  return exitCode.finally(() => server.close());
}

/** What is simulated: the topology alone, or the world as a dry run of the drill finds it. */
function described({ topology, drill, seed }: SimulateCommandOptions): { topology: Topology; simulation: Simulation } {
  if ((topology === undefined) === (drill === undefined))
    throw new DrillError('usage', 'Give either --topology or --drill.', {
      hint: 'Such as: dr-drill simulate --drill drills/multi-region-failover.yaml',
    });
  if (drill === undefined) return { topology: loadTopology(topology ?? ''), simulation: simulationSchema.parse({}) };
  const loaded = loadDrill(drill, { vocabulary: vocabularyWithoutModules });
  return { topology: loaded.topology, simulation: simulationOf(loaded.drill, seed) };
}

/** Runs a command for which the simulated account is AWS. At Ctrl-C the terminal tells it, too; any other end is passed on. */
async function besides(program: string, args: string[], url: string, ended: Promise<NodeJS.Signals>): Promise<number> {
  const env = { ...withoutAws(process.env), ...environmentFor(url) };
  const child = spawn(program, args, { env, stdio: 'inherit' });
  ended.then((signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
  return new Promise((resolve, reject) => {
    child.on('error', ({ message }) => reject(new DrillError('not-started', `${program} cannot be run: ${message}`)));
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  });
}

const environmentFor = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'simulated',
  AWS_SECRET_ACCESS_KEY: 'simulated',
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** Nothing of a real account reaches the command. */
const withoutAws = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));

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

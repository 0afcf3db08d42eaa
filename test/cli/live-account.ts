import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Kind } from '../../src/components/schemas.ts';
import { loadDrill, loadTopology } from '../../src/drill/load.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import type { AnsweredCall } from '../../src/server/answer-call.ts';
import { type SimulatorServer, serve } from '../../src/server/serve.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import type { State } from '../../src/simulator/state.ts';
import type { Endpoints } from '../../src/simulator/world.ts';
import { shippedTopology } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';

const servers: SimulatorServer[] = [];
afterAll(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A simulated account of the sample or of another platform, in real time, closed after the file; gives what a process needs to take it for AWS. */
export async function liveAccount(
  overrides: string[] = [],
  {
    without = [],
    neighbours = 0,
    path = 'drills/multi-region-failover.yaml',
    platform,
    change,
    answers = {},
    endpoints,
  }: {
    /** Kinds of components that are not there. */
    without?: Kind[];
    neighbours?: number;
    /** The drill whose account it is. */
    path?: string;
    /** Another topology than the drill's. */
    platform?: string;
    /** What is otherwise in the account than the topology says. */
    change?: ((state: State) => void) | undefined;
    /** What AWS answers otherwise, by operation: each changes the answer in place. */
    answers?: Record<string, (answer: never) => void> | undefined;
    /** Where the account's clusters and databases really are. */
    endpoints?: Endpoints;
  } = {},
) {
  const clock = realClock();
  const { drill, topology: named } = loadDrill(path, { overrides });
  const whole = platform === undefined ? named : loadTopology(platform);
  const kept = <C extends { kind: Kind }>(group: Record<string, C>): Record<string, C> =>
    Object.fromEntries(Object.entries(group).filter(([, { kind }]) => !without.includes(kind)));
  const topology = { ...whole, data: kept(whole.data), compute: kept(whole.compute), traffic: kept(whole.traffic) };
  const { traffic, functions, automations, experiments } = drill.simulation;
  const options = {
    topology,
    simulation: { ...simulationSchema.parse({ neighbours }), traffic, functions, automations, experiments },
    seed: 1,
    clock,
    ...(endpoints && { endpoints }),
  };
  const state = simulate(options).state();
  change?.(state);
  const world = simulate({ ...options, state });
  const calls: AnsweredCall[] = [];
  const onCall = (call: AnsweredCall) => calls.push(call);
  const answering: typeof world = {
    ...world,
    async answer(call, input) {
      const answer = await world.answer(call, input);
      answers[call.operation]?.(answer as never);
      return answer;
    },
  };
  const server = await serve({ world: answering, listen: { host: '127.0.0.1', port: 0 }, clock, onCall });
  servers.push(server);
  const env = {
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID: 'simulated',
    AWS_SECRET_ACCESS_KEY: 'key-of-no-account',
    AWS_EC2_METADATA_DISABLED: 'true',
    DR_DRILL_LEASES: newFolder(),
  };
  return { world, env, calls };
}

/** A live run in the account of an environment that is aborted as soon as it asks people, and so ends; `before` that, something may happen. */
export async function abortedRun(
  env: Record<string, string>,
  before = async () => {},
  signal: NodeJS.Signals = 'SIGINT',
) {
  const runs = newFolder();
  const drill = join(newFolder(), 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Now?', roles: ['incident commander'], each: '60 s' }));
  let hasAsked = false;
  const answer = await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', runs], {
    env,
    watch(out, kill) {
      if (hasAsked || !out.includes('Now?')) return;
      hasAsked = true;
      void before().then(() => kill(signal));
    },
  });
  const [name] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
  return { ...answer, folder: name && join(runs, name), files: name ? readdirSync(join(runs, name)) : [] };
}

/** A drill that asks people and does nothing else: a live run of it needs no more than an account. */
export const askingDrill = (people: object, uses = 'people.approve'): string =>
  [
    'drill: asking',
    'title: People are asked',
    'machine: custom',
    `topology: ${shippedTopology}`,
    'targets: { rto: null, rpo: null }',
    'phases:',
    `  - { phase: agree, steps: [{ step: agree, uses: ${uses}, with: ${JSON.stringify(people)} }] }`,
  ].join('\n');

import { realClock } from '../../src/clock/real-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { type AnsweredCall, type SimulatorServer, serve } from '../../src/server/serve.ts';
import { simulate } from '../../src/simulator/simulate.ts';

/** Fast enough that half an hour of restoring takes a second. */
const SPEED = 2_000;

/** The simulated account of a topology on a free port, with what it was asked so far. */
export async function simulatedAccount(topology: Topology): Promise<SimulatorServer & { calls: AnsweredCall[] }> {
  const clock = realClock();
  const simulation = simulationSchema.parse({
    functions: [{ function: 'warm-up', takes: 0, answers: { warmed: 9 } }],
    automations: [{ document: 'Shop-Drain', takes: '10 min', parameters: ['Queues'] }],
    experiments: [
      { template: 'EXT2StressTheNodes', lasts: '1 h', stoppedByAlarm: { name: 'shop-error-rate', after: '50 min' } },
    ],
  });
  const world = simulate({ topology, simulation, seed: 1, clock, speed: SPEED });
  const calls: AnsweredCall[] = [];
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await serve({ world, listen, clock, onCall: (call) => calls.push(call) });
  return { ...server, calls };
}

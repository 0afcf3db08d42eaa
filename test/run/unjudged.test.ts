import { expect, test } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { memoryJournal } from '../../src/journal/journal.ts';
import { run } from '../../src/run/run.ts';
import { simulate } from '../../src/simulator/simulate.ts';

test('a run whose figures cannot be judged never says that its targets were met', async () => {
  const { drill, topology } = loadDrill('drills/multi-region-failover.yaml');
  const clock = new VirtualClock(Date.parse('2026-01-05T01:00:00Z'));
  const world = simulate({ topology, simulation: drill.simulation, seed: 1, clock });
  const result = await clock.run(
    run({
      drill,
      topology,
      overrides: [],
      seed: 1,
      mode: 'dry-run',
      tool: 'test',
      clock,
      journal: memoryJournal(clock),
      transport: world.transport,
      ports: () => world.ports,
      isChange: (service, operation) => isChange(`${service}:${operation}`),
      jitter: () => 0.5,
      judge: () => {
        throw new Error('a figure is not available');
      },
    }),
  );
  expect(result).toEqual({ outcome: 'target-missed', reason: 'the figures could not be judged' });
});

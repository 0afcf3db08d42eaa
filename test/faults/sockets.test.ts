import { afterEach, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { serve } from '../../src/server/serve.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { drDrill, newFolder } from '../cli/command.ts';
import { scratch, shippedTopology } from '../drill/files.ts';
import { faults } from './fault.ts';
import { type Blow, oneBlow } from './plan.ts';
import { startProxy } from './proxy.ts';
import { awsApi, Way } from './way.ts';

/** Every fault with TORTURE=live; otherwise those that were once taken for a refusal, or ended a look: all of this takes real time. */
const ALL = process.env.TORTURE === 'live';
const short = {
  PromoteReadReplica: ['answer lost', 'cut mid-body', 'truncated', 'garbled', 'HTML 500, but done', 'delivered twice'],
  DescribeDBInstances: ['request lost', 'truncated', 'HTML 500', '503'],
};
/** How many times faster than AWS the account is. */
const SPEED = 100;
/** So many runs at once: each is a process, and one that waits for the processor is late for its own limits. */
const AT_ONCE = 2;

const files = scratch();
const drill = files.write(
  'promotion.yaml',
  [
    'drill: promotion',
    'title: The replica becomes the writer',
    'machine: custom',
    `topology: ${shippedTopology}`,
    'targets: { rto: null, rpo: null }',
    'consent: [promote]',
    'phases:',
    '  - phase: fence',
    '    steps: [{ step: fence, uses: rds.fence-writer }]',
    '  - phase: promote',
    '    steps: [{ step: promote, uses: rds.promote-replica }]',
  ].join('\n'),
);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Runs the drill with the built command, on real connections, with one fault on the way. */
async function liveThrough({ operation, fault }: Pick<Blow, 'operation' | 'fault'>) {
  const clock = realClock();
  const topology = loadTopology(shippedTopology);
  const world = simulate({ topology, simulation: simulationSchema.parse({}), seed: 1, clock, speed: SPEED });
  const server = await serve({ world, listen: { host: '127.0.0.1', port: 0 }, clock });
  const isLook = operation.startsWith('Describe');
  // The first look of the promotion comes after those of preflight and fence.
  const blow = { service: 'rds', operation, fault, nth: isLook ? 8 : 1, times: isLook ? 4 : 1 };
  const way = new Way({ api: await awsApi(), clock, plan: oneBlow(blow, clock) });
  const proxy = await startProxy({ target: server.url, way });
  closing.push(proxy.close, server.close);
  const runs = newFolder();
  const beganMs = clock.elapsedMs();
  const answer = await drDrill(['run', drill, '--live', '--confirm', 'promotion', '--runs', runs], {
    env: {
      AWS_ENDPOINT_URL: proxy.url,
      AWS_ACCESS_KEY_ID: 'simulated',
      AWS_SECRET_ACCESS_KEY: 'key-of-no-account',
      AWS_EC2_METADATA_DISABLED: 'true',
      DR_DRILL_LEASES: newFolder(),
    },
  });
  const struck = way.passed.filter((one) => one.fault === fault.name).length;
  const promoted = way.passed.filter((one) => one.operation === 'PromoteReadReplica' && one.accepted > 0).length;
  return {
    exitCode: answer.exitCode,
    out: answer.out,
    lastedMs: Math.round(clock.elapsedMs() - beganMs),
    struck,
    promoted,
    writers: world.writers(),
    together: world.twoWriters(),
  };
}

test.each(['PromoteReadReplica', 'DescribeDBInstances'] as const)(
  'the built command promotes once on real connections, whatever happens to %s',
  async (operation) => {
    const chosen = faults.filter(({ name }) => ALL || short[operation].includes(name));
    const left = [...chosen];
    const runs: ({ fault: string } & Awaited<ReturnType<typeof liveThrough>>)[] = [];
    while (left.length > 0) {
      const each = left.splice(0, AT_ONCE).map(async (fault) => {
        return { fault: fault.name, ...(await liveThrough({ operation, fault })) };
      });
      runs.push(...(await Promise.all(each)));
    }
    if (ALL) {
      const lines = runs.map(({ fault, exitCode, struck, promoted, lastedMs }) =>
        [operation, fault, `exit ${exitCode}`, `struck ${struck}`, `promoted ${promoted}`, `${lastedMs} ms`].join(
          ' | ',
        ),
      );
      process.stdout.write(`${lines.join('\n')}\n`);
    }
    const table = runs.map(({ fault, exitCode, out, struck, lastedMs: _, ...end }) => ({
      fault,
      // Nothing is measured in so short a drill.
      end: exitCode === 1 ? 'done' : out,
      struck: fault.startsWith('stale') || struck > 0,
      ...end,
    }));
    const asIfUnbroken = { end: 'done', struck: true, promoted: 1, writers: ['ecommerce-db-dr-replica'], together: [] };
    expect(table).toEqual(chosen.map(({ name: fault }) => ({ fault, ...asIfUnbroken })));
  },
  ALL ? 1_800_000 : 300_000,
);

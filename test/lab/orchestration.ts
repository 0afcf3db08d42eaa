import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { componentOf } from '../../src/drill/components.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { liveRun } from './command.ts';
import { APPLICATION_PORT, GATE, RECOVERY } from './drill-files.ts';
import { type Lab, startLab } from './lab.ts';
import { type Observer, observe } from './observer.ts';

/** What is injected, in milliseconds: about a third of what AWS takes. */
/** The SDK waits so long for a region that answers nobody: the one look at it comes before the promotion, as fencing does. */
const SILENCE_MS = 5_000;
const injected = { promotion: 40_000, nodes: 30_000, pods: 10_000, healthCheck: 6_000 };
/** The CLI's waiters look every 30 s at a promotion of about 110 s. */
const LOOK_EVERY_S = Math.round((30 * injected.promotion) / 110_000);
const DETECTION = { everyMs: 500, failures: 3 };

const start = (): Promise<Lab> =>
  startLab({
    speed: 1,
    ttlSeconds: 0,
    probeEveryMs: 100,
    simulation: {
      promotion: { takes: injected.promotion, fails: false },
      nodes: { takes: injected.nodes },
      pods: { takes: injected.pods, neverReady: false },
      healthCheck: { balancerNoticed: 60_000, takes: injected.healthCheck, stuck: false },
    },
  });

/** Since when customers are served again; NaN, while they are not. */
const servedMs = (observer: Observer): number => observer.servedSinceMs()[0] ?? Number.NaN;

/** How long the pods of the recovery region took to be replaced: drawn by the account, and read from it. */
function rolloutMs(lab: Lab): number {
  const rollouts = lab.world
    .state()
    .deployments.filter(({ region, rollouts }) => region === RECOVERY && rollouts.length > 1)
    .map(({ rollouts }) => rollouts.at(-1))
    .map((rollout) => (rollout?.untilMs ?? 0) - (rollout?.fromMs ?? 0));
  return Math.max(...rollouts);
}

async function byDrill(): Promise<{ tookMs: number; allowedMs: number }> {
  const lab = await start();
  const observer = observe(lab);
  try {
    const run = await liveRun(lab, lab.drills.failover, {
      args: ['--set', 'verification.lasts=1 s', '--set', 'targets.rto=10 min'],
    });
    if (run.code !== 0) throw new Error(run.out + run.err);
    const tookMs = servedMs(observer) - (lab.failedMs() ?? Number.NaN);
    const detectMs = DETECTION.everyMs * (DETECTION.failures - 1);
    const openMs = Math.max(SILENCE_MS + injected.promotion, injected.nodes + injected.pods);
    return { tookMs, allowedMs: detectMs + openMs + rolloutMs(lab) + injected.healthCheck };
  } finally {
    await observer.stop();
    await lab.close();
  }
}

async function byHand(aws: string): Promise<{ tookMs: number; allowedMs: number }> {
  const lab = await start();
  const observer = observe(lab);
  try {
    const { instances } = lab.world.state();
    const writer = instances.find(({ identifier }) => identifier === 'lab-replica')?.address ?? '';
    const response = await lab.world.answer(
      { service: 'eks', region: RECOVERY, operation: 'DescribeCluster', signal: undefined },
      { name: 'lab-recovery' },
    );
    const { cluster } = response as { cluster: { endpoint: string } };
    await lab.outage.fail('region-outage');
    // As soon as a person could know of it.
    await sleep(DETECTION.everyMs * (DETECTION.failures - 1));
    const child = spawn('bash', ['test/lab/by-hand.sh'], {
      stdio: 'inherit',
      env: {
        ...process.env,
        ...lab.environment,
        PATH: `${aws}:${process.env.PATH}`,
        AWS_DEFAULT_REGION: RECOVERY,
        LOOK_EVERY_S: String(LOOK_EVERY_S),
        RECOVERY,
        REPLICA: 'lab-replica',
        CLUSTER: 'lab-recovery',
        NODEGROUP: 'lab-recovery-workers',
        NODES: '3',
        REPLICAS: '3',
        DEPLOYMENTS: 'order-service product-service',
        WRITER: writer,
        HEALTH_CHECK: GATE,
        ENDPOINT: cluster.endpoint,
        CA: join(lab.folder, 'authority.pem'),
        DOOR: `http://${componentOf(loadTopology(join(lab.folder, 'topology.yaml')), 'route53').recovery.address}:${APPLICATION_PORT}/checkout/probe`,
      },
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`by-hand.sh ended with ${code}`);
    while (Number.isNaN(servedMs(observer))) await sleep(20);
    return { tookMs: servedMs(observer) - (lab.failedMs() ?? Number.NaN), allowedMs: 0 };
  } finally {
    await observer.stop();
    await lab.close();
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(9);

/** Prints what orchestration costs over what the injected durations allow, and beside it the same steps by hand. */
async function main([aws]: string[]): Promise<void> {
  const drill = await byDrill();
  const ratio = drill.tookMs / drill.allowedMs;
  console.log('From the failure to lasting service, in the lab');
  console.log(`critical path of the injected durations  ${seconds(drill.allowedMs)}`);
  console.log(
    `dr-drill                                 ${seconds(drill.tookMs)}   ${ratio.toFixed(3)} of it; goal 1.05: ${ratio <= 1.05 ? 'met' : 'MISSED'}`,
  );
  if (aws === undefined) return console.log('by hand: give the folder of the AWS CLI as the argument');
  execFileSync(join(aws, 'aws'), ['--version'], { stdio: 'ignore' });
  const hand = await byHand(aws);
  console.log(
    `by hand, looking every ${LOOK_EVERY_S} s              ${seconds(hand.tookMs)}   ${(hand.tookMs / drill.tookMs).toFixed(2)} times as long as dr-drill`,
  );
}

await main(process.argv.slice(2));

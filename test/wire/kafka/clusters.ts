import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Admin } from '@platformatic/kafka';

const made = resolve('node_modules/.cache/kafka');

/** Whether `scripts/java-peers.sh` has made what clusters are run from. */
export const hasKafka = existsSync(join(made, 'made-from'));

export interface RealClusters {
  /** Host and port. */
  primary: string;
  recovery: string;
  /** Ends MirrorMaker; the clusters go on. */
  stopMirror(): Promise<void>;
  stop(): Promise<void>;
}

/** Two clusters of one broker each, with a MirrorMaker 2 from one to the other that does everything as soon as it can. */
export async function startClusters(alias: string, topics: string[]): Promise<RealClusters> {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-kafka-'));
  const [first = 0, second = 0, ...controllers] = await freePorts(4);
  const started: ChildProcess[] = [];
  const java = (main: string, properties: string) => {
    const quick = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
    const child = spawn('java', [...quick, '-cp', `${made}/jars/*`, main, properties], { stdio: 'ignore' });
    started.push(child);
    return child;
  };
  const broker = (name: 'primary' | 'recovery', port: number, controller: number) => {
    cpSync(join(made, name), join(folder, name), { recursive: true });
    java(
      'kafka.Kafka',
      written(join(folder, `${name}.properties`), brokerSettings(join(folder, name), port, controller)),
    );
    return `127.0.0.1:${port}`;
  };
  const stop = async () => {
    await Promise.all(started.map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const primary = broker('primary', first, controllers[0] ?? 0);
    const recovery = broker('recovery', second, controllers[1] ?? 0);
    await Promise.all([answers(primary), answers(recovery)]);
    const mirror = java(
      'org.apache.kafka.connect.mirror.MirrorMaker',
      written(join(folder, 'mirror.properties'), mirrorSettings(alias, { primary, recovery }, topics)),
    );
    return { primary, recovery, stop, stopMirror: () => ended(mirror) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}

const brokerSettings = (data: string, port: number, controller: number) => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.quorum.voters': `1@127.0.0.1:${controller}`,
  'controller.listener.names': 'CONTROLLER',
  listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
  'log.dirs': data,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'group.initial.rebalance.delay.ms': 0,
  'auto.create.topics.enable': false,
});

const mirrorSettings = (alias: string, at: { primary: string; recovery: string }, topics: string[]) => ({
  clusters: `${alias},away`,
  [`${alias}.bootstrap.servers`]: at.primary,
  'away.bootstrap.servers': at.recovery,
  [`${alias}->away.enabled`]: true,
  [`${alias}->away.topics`]: topics.join(),
  [`away->${alias}.enabled`]: false,
  ...Object.fromEntries(
    [
      '',
      'checkpoints.topic.',
      'heartbeats.topic.',
      'offset-syncs.topic.',
      'offset.storage.',
      'status.storage.',
      'config.storage.',
    ].map((of) => [`${of}replication.factor`, 1]),
  ),
  'offset.storage.partitions': 1,
  'status.storage.partitions': 1,
  'emit.checkpoints.interval.seconds': 1,
  'emit.heartbeats.interval.seconds': 1,
  'refresh.topics.interval.seconds': 1,
  'refresh.groups.interval.seconds': 1,
  'sync.topic.acls.enabled': false,
  'plugin.discovery': 'service_load',
});

function written(path: string, settings: Record<string, string | number | boolean>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Waits until a broker answers what topics it has. */
async function answers(broker: string): Promise<void> {
  for (;;) {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker], retries: 0 });
    const isUp = await admin.listTopics().then(
      () => true,
      () => false,
    );
    await admin.close().catch(() => {});
    if (isUp) return;
    await new Promise((later) => setTimeout(later, 200));
  }
}

/** Ports that nobody listens on now, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((found) =>
          server.listen(0, '127.0.0.1', () => found((server.address() as { port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { drDrill, here } from '../cli/command.ts';
import { GATE, REPLICA } from '../simulator/world.ts';
import { clientOf, send, served } from './server.ts';

const TOPOLOGY = 'drills/topologies/ecommerce-platform.yaml';
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Starts the built command on a free port; resolves once it says where. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, [
    'dist/main.js',
    'simulate',
    '--topology',
    TOPOLOGY,
    '--listen',
    '127.0.0.1:0',
    ...args,
  ]);
  running.push(child);
  const told = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    told.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told.err += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await expect.poll(() => told.out, { timeout: 10_000 }).toMatch(/at http:\S+\n/);
  const url = /http:\S+/.exec(told.out)?.[0] ?? '';
  return { url, told, ended, end: (signal: NodeJS.Signals) => child.kill(signal) };
}

const status = async (url: string): Promise<string> => {
  const found = await send(clientOf('rds', url), 'rds', 'DescribeDBInstances', { DBInstanceIdentifier: REPLICA });
  const [instance] = (
    found as { DBInstances: { DBInstanceStatus: string; ReadReplicaSourceDBInstanceIdentifier?: string }[] }
  ).DBInstances;
  return `${instance?.DBInstanceStatus}${instance?.ReadReplicaSourceDBInstanceIdentifier ? ', a replica' : ''}`;
};

test('it serves a world that goes on in real time, and ends well when asked to', async () => {
  const { url, told, ended, end } = await start('--speed', '1000', '--lose', 'route53:GetHealthCheck');
  expect(await send(clientOf('sts', url), 'sts', 'GetCallerIdentity', {})).toMatchObject({ Account: '111122223333' });
  await send(clientOf('rds', url), 'rds', 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
  await expect.poll(() => status(url), { timeout: 10_000 }).toBe('available');
  // Someone hangs on to it while it ends.
  const hanging = send(clientOf('route53', url), 'route53', 'GetHealthCheck', { HealthCheckId: GATE }).catch(
    () => 'dropped',
  );
  await expect.poll(() => told.err).toMatch(/silent +route53:GetHealthCheck/);
  end('SIGTERM');
  expect(await ended).toBe(0);
  expect(await hanging).toBe('dropped');
  expect(told.err).toMatch(/^ok +rds:PromoteReadReplica ap-northeast-1 \d+ ms$/m);
}, 20_000);

test('what goes wrong is said on the command line', async () => {
  const { url, told, ended, end } = await start(
    '-q',
    '--deny',
    'eks:*',
    '--account',
    '999999999999',
    '--throttle',
    'rds',
  );
  expect(await send(clientOf('sts', url), 'sts', 'GetCallerIdentity', {})).toMatchObject({ Account: '999999999999' });
  const cluster = send(clientOf('eks', url), 'eks', 'DescribeCluster', { name: 'ecommerce-recovery' });
  await expect(cluster).rejects.toThrow(/is not authorized to perform: eks:DescribeCluster/);
  await expect(status(url)).rejects.toThrow('Rate exceeded');
  expect(await status(url)).toBe('available, a replica');
  end('SIGINT');
  expect(await ended).toBe(0);
  expect(told.err).toBe('');
}, 20_000);

test('a port that is taken, and an address that is none, are told and end with 2', async () => {
  const { url } = await served();
  for (const listen of [url.replace('http://', ''), 'nowhere', '127.0.0.1:99999']) {
    const { exitCode, err } = await drDrill(['simulate', '--topology', TOPOLOGY, '--listen', listen]);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/Cannot listen on 127\.0\.0\.1:\d+|is no address to listen on/);
  }
});

test.each(['--throttle', '--lose'])('%s wants calls', async (option) => {
  const { exitCode, err } = await here(['simulate', '--topology', TOPOLOGY, option, 'rds:=x']);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/rds:PromoteReadReplica=3/);
});

test('the help tells of the control endpoint', async () => {
  const { out } = await here(['simulate', '--help']);
  expect(out).toContain('/_dr-drill/chaos');
});

const WITH = ['simulate', '--topology', TOPOLOGY];

test('a command that it runs has nothing but the simulated account, and gives the exit code', async () => {
  const shown = 'console.log(process.env.AWS_ENDPOINT_URL, process.env.AWS_CONFIG_FILE); process.exit(7)';
  const env = { AWS_CONFIG_FILE: '/mine' };
  const { exitCode, out, err } = await drDrill([...WITH, '--', process.execPath, '-e', shown], { env });
  expect([exitCode, out]).toEqual([7, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ undefined\n$/)]);
  expect(err).toMatch(/^Simulated AWS account 111122223333 at http:\/\/127\.0\.0\.1:\d+\n$/);
});

test('a signal that ends it ends the command, too', async () => {
  const waiting = 'console.log("waits"); setInterval(() => {}, 1_000)';
  const { exitCode } = await drDrill([...WITH, '--', process.execPath, '-e', waiting], {
    watch: (out, kill) => out.includes('waits') && kill('SIGTERM'),
  });
  expect(exitCode).toBe(128 + 15);
});

test.each([
  [['simulate'], 'Give either --topology or --drill.'],
  [[...WITH, '--drill', 'drills/failback.yaml'], 'Give either --topology or --drill.'],
  [[...WITH, '--', 'no-such-program'], 'no-such-program cannot be run'],
])('%j is told and ends with 2', async (words, message) => {
  const { exitCode, err } = await drDrill(words);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
});

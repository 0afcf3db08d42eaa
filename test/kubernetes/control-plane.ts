import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'selfsigned';

const [, VERSION = ''] = /^version=(.*)$/m.exec(readFileSync('scripts/kube-apiserver.sh', 'utf8')) ?? [];
const PROGRAMS = resolve('node_modules/.cache/kubernetes', VERSION);
/** May do everything. */
const ADMIN = 'admin-token';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A real control plane without nodes: pods are made, and stay pending. */
export interface ControlPlane {
  version: string;
  endpoint: string;
  /** PEM, of the API's certificate. */
  ca: string;
  /** Signs tokens of service accounts. */
  signingKey: string;
  ask(method: string, path: string, body?: object | string, headers?: Record<string, string>): Promise<Answer>;
  /** Asks as the one who may do everything, and fails unless that is done. */
  make(path: string, object: object): Promise<void>;
  /** Makes etcd forget every earlier revision. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts etcd, the API server and the controllers of deployments, quotas and namespaces.
 * @param users by token, each in no group
 */
export async function startControlPlane(users: Record<string, string>): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-kubernetes-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const started: ChildProcess[] = [];
  const start = (program: string, flags: Record<string, string>) => {
    const log = openSync(join(folder, `${program.split('/').at(-1)}.log`), 'w');
    const given = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    started.push(spawn(program, given, { stdio: ['ignore', log, log] }));
  };
  const stop = async () => {
    for (const one of started.reverse()) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      one.kill('SIGKILL');
      await once(one, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const endpoint = `https://127.0.0.1:${port}`;
  const tls = await certificate();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const tokens = [
    `${ADMIN},admin,admin,system:masters`,
    ...Object.entries(users).map(([t, user]) => `${t},${user},${user}`),
  ];

  start('etcd', {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': etcd,
    'advertise-client-urls': etcd,
    'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
    'initial-advertise-peer-urls': `http://127.0.0.1:${peerPort}`,
    'initial-cluster': `default=http://127.0.0.1:${peerPort}`,
  });
  start(join(PROGRAMS, 'kube-apiserver'), {
    'etcd-servers': etcd,
    'bind-address': '127.0.0.1',
    'secure-port': String(port),
    'tls-cert-file': file('api.crt', tls.cert),
    'tls-private-key-file': file('api.key', tls.key),
    'token-auth-file': file('tokens.csv', `${tokens.join('\n')}\n`),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('accounts.pub', publicKey),
    'service-account-signing-key-file': file('accounts.key', privateKey),
    'service-cluster-ip-range': '10.0.0.0/24',
    'endpoint-reconciler-type': 'none',
    // Lists are continued from what etcd still has, not from the API server's own memory.
    'feature-gates': 'ListFromCacheSnapshot=false',
    // No controller makes service accounts here.
    'disable-admission-plugins': 'ServiceAccount',
  });
  const kubeconfig = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'here' },
    clusters: [{ name: 'here', cluster: { server: endpoint, 'certificate-authority': join(folder, 'api.crt') } }],
    users: [{ name: 'admin', user: { token: ADMIN } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'admin' } }],
  };
  const ask: ControlPlane['ask'] = (method, path, body, headers = {}) =>
    answered(
      `${endpoint}${path}`,
      { method, ca: tls.cert, headers: { authorization: `Bearer ${ADMIN}`, ...headers } },
      body,
    );
  try {
    await eventually('the API server is ready', async () => (await ask('GET', '/readyz')).status === 200);
    start(join(PROGRAMS, 'kube-controller-manager'), {
      kubeconfig: file('kubeconfig.json', JSON.stringify(kubeconfig)),
      controllers: 'deployment-controller,replicaset-controller,resourcequota-controller,namespace-controller',
      'leader-elect': 'false',
      'secure-port': '0',
    });
  } catch (error) {
    const log = readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-3_000);
    await stop();
    throw new Error(`${(error as Error).message}\n${log}`, { cause: error });
  }
  return {
    version: VERSION,
    endpoint,
    ca: tls.cert,
    signingKey: privateKey,
    ask,
    async make(path, object) {
      const { status, body } = await ask('POST', path, object);
      if (status >= 300) throw new Error(`${path}: status ${status}: ${body}`);
    },
    async compact() {
      const status = await fetch(`${etcd}/v3/maintenance/status`, { method: 'POST', body: '{}' });
      const { header } = (await status.json()) as { header: { revision: string } };
      const body = JSON.stringify({ revision: header.revision, physical: true });
      const compacted = await fetch(`${etcd}/v3/kv/compaction`, { method: 'POST', body });
      if (!compacted.ok) throw new Error(`etcd did not compact: ${await compacted.text()}`);
    },
    stop,
  };
}

/** Looks until it is so. */
export async function eventually(what: string, look: () => Promise<boolean>, withinMs = 90_000): Promise<void> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    if (await look().catch(() => false)) return;
    if (performance.now() > untilMs) throw new Error(`Not within ${withinMs / 1000} s: ${what}.`);
    await sleep(200);
  }
}

/** Sends one request as it is, and gives the answer as it comes. */
export async function answered(url: string, options: RequestOptions, body?: object | string): Promise<Answer> {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const headers = { ...(typeof body === 'object' && { 'content-type': 'application/json' }), ...options.headers };
  const asking = request(url, { ...options, headers });
  asking.end(text);
  const [response] = await once(asking, 'response');
  let said = '';
  for await (const chunk of response.setEncoding('utf8')) said += chunk;
  return { status: response.statusCode, headers: response.headers, body: said };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function certificate(): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  return { key: made.private, cert: made.cert };
}

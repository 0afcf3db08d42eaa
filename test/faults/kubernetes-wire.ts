import { type PromiseHttpLibrary, ResponseContext, wrapHttpLibrary } from '@kubernetes/client-node';
import type { Clock } from '../../src/clock/clock.ts';
import { componentOf } from '../../src/drill/components.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
import type { Kubernetes } from '../../src/ports/kubernetes.ts';
import type { Received, Reply } from '../../src/server/exchange.ts';
import { textOf } from '../../src/server/exchange.ts';
import { kubernetesAnswer } from '../lab/kubernetes-api.ts';
import { answered, type Standstill } from './virtual-wire.ts';
import type { Api, Way } from './way.ts';

const KINDS =
  /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?(?:\/([a-z]+)(?:\/([^/]+)(?:\/([a-z]+))?)?)?\/?$/;

/** The API of Kubernetes: its operations by verb and resource, such as `patch deployments/scale`, and its refusals as `Status`. */
export const kubernetesApi: Api = {
  asked: ({ method, path, query, headers }) => {
    const [, namespace, kind, name, part] = KINDS.exec(path) ?? [];
    const resource = kind ?? (namespace === undefined ? 'api' : 'namespaces');
    const named = name ?? (kind === undefined ? namespace : undefined);
    return {
      service: 'kubernetes',
      region: String(headers.host ?? '-'),
      operation: `${verbOf(method, named, query)} ${resource}${part ? `/${part}` : ''}`,
    };
  },
  refuse(_, code) {
    const [status, reason] = refusals[code];
    const body = { apiVersion: 'v1', kind: 'Status', status: 'Failure', message: reason, reason, code: status };
    const headers = { 'Content-Type': 'application/json', ...(code === 'throttled' && { 'Retry-After': '1' }) };
    return { status, headers, body: JSON.stringify(body) };
  },
};

const refusals = {
  throttled: [429, 'TooManyRequests'],
  unavailable: [503, 'ServiceUnavailable'],
  internal: [500, 'InternalError'],
} as const;

const verbs: Record<string, string> = { POST: 'create', PATCH: 'patch', PUT: 'update', DELETE: 'delete' };

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  if (method !== 'GET') return verbs[method] ?? method;
  if (['1', 'true'].includes(query.get('watch') ?? '')) return 'watch';
  return name === undefined ? 'list' : 'get';
}

export interface KubernetesWireOptions {
  /** The clusters as the simulated world has them. */
  kubernetes: Kubernetes;
  topology: Topology;
  clock: Clock;
  way: Way;
  still: Standstill;
}

/** A live run's own way to both clusters in virtual time: the client of Kubernetes asks, and the lab's API answers. */
export function kubernetesWire({ kubernetes, topology, clock, way, still }: KubernetesWireOptions): Kubernetes {
  const apiOf = (host: string) => {
    const side = (['primary', 'recovery'] as const).find((one) => topology.regions[one] === host) ?? 'primary';
    const { cluster, nodegroup } = componentOf(topology, 'eks')[side];
    return { kubernetes, cluster: { region: host, cluster }, nodegroup: nodegroup ?? '' };
  };
  const deliver = async ({ method, path, query, headers, body }: Received): Promise<Reply | undefined> => {
    const found = await kubernetesAnswer(apiOf(String(headers.host)), {
      method,
      url: query.size > 0 ? `${path}?${query}` : path,
      authorization: String(headers.authorization),
      body: textOf(body),
    });
    if (!found) return undefined;
    return {
      status: found.status ?? 200,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(found.body),
    };
  };
  const http: PromiseHttpLibrary = {
    async send(request) {
      const { hostname, pathname, searchParams } = new URL(request.getUrl());
      const headers = Object.fromEntries(Object.entries(request.getHeaders()).map(([a, b]) => [a.toLowerCase(), b]));
      const received = {
        method: request.getHttpMethod(),
        path: pathname,
        query: searchParams,
        headers: { ...headers, host: hostname },
        body: Buffer.from(String(request.getBody() ?? '')),
      };
      const patience = { clock, still, abortSignal: request.getSignal(), requestTimeout: FOR_EVER_MS };
      still.release();
      const answer = await answered(way, received, deliver, patience).finally(() => still.hold());
      request.getSignal()?.addEventListener('abort', () => answer.body.destroy());
      const chunks: Buffer[] = [];
      for await (const chunk of answer.body) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const read = { text: async () => body.toString('utf8'), binary: async () => body };
      return new ResponseContext(answer.statusCode, answer.headers, read);
    },
  };
  const live = liveKubernetes({
    describeCluster: async ({ region }) => ({ endpoint: `http://${region}`, certificateAuthority: '' }),
    token: async () => 'k8s-aws-v1.simulated',
    clock: passing(clock, still),
    http: wrapHttpLibrary(http),
  });
  const quietly = Object.entries(live).map(([name, ask]) => [
    name,
    (...asked: unknown[]) => still.during(() => (ask as (...given: unknown[]) => Promise<unknown>)(...asked)),
  ]);
  return Object.fromEntries(quietly) as Kubernetes;
}

/** While the port waits to ask again, time passes. */
const passing = (clock: Clock, still: Standstill): Clock => ({
  mayBeSet: clock.mayBeSet,
  nowMs: () => clock.nowMs(),
  elapsedMs: () => clock.elapsedMs(),
  wallMs: () => clock.wallMs(),
  uptime: () => clock.uptime(),
  setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
  clearTimeout: (timer) => clock.clearTimeout(timer),
  async sleep(ms, signal) {
    still.release();
    try {
      await clock.sleep(ms, signal);
    } finally {
      still.hold();
    }
  },
});

/** The port has its own limit. */
const FOR_EVER_MS = 3_600_000;

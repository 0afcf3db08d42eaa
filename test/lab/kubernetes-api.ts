import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Autoscaler, Cluster, Deployment, Kubernetes } from '../../src/ports/kubernetes.ts';
import { type Answered, objectsAnswer, status } from './kubernetes-objects.ts';

export interface KubernetesApiOptions {
  /** Answers as the simulated cluster does; what it answers, and when, is its affair. */
  kubernetes: Kubernetes;
  cluster: Omit<Cluster, 'namespace'>;
  nodegroup: string;
  /** Of the API's certificate. */
  tls: { key: string; cert: string };
  /** What goes wrong with a request; nothing by default. */
  trouble?: KubernetesTrouble | undefined;
}

/** `reset` and `cut` strike after the API has done as asked: nothing comes back, or half of it. */
type Trouble = 'reset' | 'cut' | 'late' | { code: number; reason: string; message: string; retryAfterSeconds?: number };
export type KubernetesTrouble = (asked: { method: string; pathname: string }) => Trouble | undefined;

const LATE_MS = 2_000;

export interface KubernetesApi {
  endpoint: string;
  close(): void;
}

const DEPLOYMENT = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/deployments\/([^/]+)(\/scale)?$/;

/** The few endpoints of a Kubernetes API that a drill needs, with the API's own shapes and errors. */
export async function startKubernetesApi(options: KubernetesApiOptions): Promise<KubernetesApi> {
  const server = createServer(options.tls, async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://lab');
    const trouble = options.trouble?.({ method: request.method ?? 'GET', pathname });
    try {
      if (typeof trouble === 'object') {
        request.resume();
        const { code, reason, message, retryAfterSeconds: after } = trouble;
        send(response, code, status(code, reason, message), after === undefined ? {} : { 'retry-after': `${after}` });
        return;
      }
      if (trouble === 'late') await sleep(LATE_MS);
      const found = await kubernetesAnswer(options, await received(request));
      if (!found) return;
      if (trouble === 'reset') response.socket?.resetAndDestroy();
      else if (trouble === 'cut') cut(response, found.body);
      else send(response, found.status ?? 200, found.body);
    } catch {
      response.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Request {
  method: string;
  /** The path with its query. */
  url: string;
  authorization: string;
  body: string;
}

/** What the API answers; `undefined` where it answers nobody, as that of a cluster in a lost region. */
export async function kubernetesAnswer(
  options: Pick<KubernetesApiOptions, 'kubernetes' | 'cluster' | 'nodegroup'>,
  request: Request,
): Promise<Answered | undefined> {
  try {
    return await answer(options, request);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'Timeout') return undefined;
    const code = { NotFound: 404, Forbidden: 403, AlreadyExists: 409 }[name] ?? 500;
    return { status: code, body: status(code, name, message) };
  }
}

async function answer(
  { kubernetes, cluster, nodegroup }: Pick<KubernetesApiOptions, 'kubernetes' | 'cluster' | 'nodegroup'>,
  { method, url, authorization, body }: Request,
): Promise<Answered> {
  const { pathname, searchParams } = new URL(url, 'https://lab');
  if (!/^Bearer k8s-aws-v1\.[\w-]+$/.test(authorization)) {
    return { status: 401, body: status(401, 'Unauthorized', 'Unauthorized') };
  }
  if (pathname === '/api/v1/nodes') {
    const wanted = searchParams.get('labelSelector') === `eks.amazonaws.com/nodegroup=${nodegroup}`;
    const nodes = wanted ? await kubernetes.nodes({ ...cluster, namespace: '' }, nodegroup) : [];
    return { body: { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: nodes.map(node) } };
  }
  if (pathname === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') {
    const kind = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' };
    return { status: 201, body: { ...kind, ...JSON.parse(body), status: { allowed: true } } };
  }
  const [, autoscaled, autoscaler] = AUTOSCALERS.exec(pathname) ?? [];
  if (autoscaled !== undefined) {
    const here = { ...cluster, namespace: autoscaled };
    if (method === 'PATCH' && autoscaler !== undefined) {
      const { metadata, spec } = JSON.parse(body) as MinimumPatch;
      const before = metadata.annotations[BEFORE] ?? null;
      const bounds = { min: spec.minReplicas, minBefore: before === null ? null : Number(before) };
      await kubernetes.setMinimum(here, autoscaler, bounds);
    }
    const items = (await kubernetes.autoscalers(here)).map((one) => autoscalerObject(one, autoscaled));
    const found = items.find(({ metadata }) => metadata.name === autoscaler);
    return {
      body: found ?? { kind: 'HorizontalPodAutoscalerList', apiVersion: 'autoscaling/v2', metadata: {}, items },
    };
  }
  const known = await objectsAnswer({ kubernetes, cluster }, { method, pathname, body });
  if (known) return known;
  const [, namespace = '', name = '', scale] = DEPLOYMENT.exec(pathname) ?? [];
  if (!name) return { status: 404, body: status(404, 'NotFound', 'the server could not find the requested resource') };
  const here = { ...cluster, namespace };
  if (method === 'PATCH') {
    const { spec } = JSON.parse(body) as Patch;
    if (scale && spec?.replicas !== undefined) await kubernetes.scale(here, name, spec.replicas);
    const env = (spec?.template?.spec?.containers ?? []).flatMap((container) => container.env ?? []);
    const values = Object.fromEntries(env.map((one) => [one.name, one.value]));
    if (env.length > 0) await kubernetes.setEnvironment(here, name, values);
  }
  const found = await kubernetes.deployment(here, name);
  return { body: scale ? scaleOf(found, namespace) : deployment(found, namespace) };
}

const AUTOSCALERS = /^\/apis\/autoscaling\/v2\/namespaces\/([^/]+)\/horizontalpodautoscalers(?:\/([^/]+))?$/;
const BEFORE = 'dr-drill/min-replicas';

interface MinimumPatch {
  metadata: { annotations: Record<string, string | null> };
  spec: { minReplicas: number };
}

const autoscalerObject = ({ name, deployment: target, min, max, minBefore }: Autoscaler, namespace: string) => ({
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  metadata: { name, namespace, ...(minBefore !== null && { annotations: { [BEFORE]: String(minBefore) } }) },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
    minReplicas: min,
    maxReplicas: max,
  },
});

interface Patch {
  spec?: {
    replicas?: number;
    template?: { spec?: { containers?: { env?: { name: string; value: string }[] }[] } };
  };
}

const node = ({ name, ready }: { name: string; ready: boolean }) => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

const deployment = ({ name, wanted, updated, ready, available, environment }: Deployment, namespace: string) => ({
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name, namespace, generation: 1 },
  spec: {
    replicas: wanted,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name,
            image: 'shop',
            env: Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
          },
        ],
      },
    },
  },
  status: {
    observedGeneration: 1,
    replicas: wanted,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: available,
  },
});

const scaleOf = ({ name, wanted, ready }: Deployment, namespace: string) => ({
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  metadata: { name, namespace },
  spec: { replicas: wanted },
  status: { replicas: ready },
});

async function received(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = 'GET', url = '/', headers } = request;
  return { method, url, authorization: headers.authorization ?? '', body: Buffer.concat(chunks).toString('utf8') };
}

function send(response: ServerResponse, code: number, body: unknown, headers = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function cut(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

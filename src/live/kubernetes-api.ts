import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import type {
  AppsV1Api,
  AuthorizationV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  HttpLibrary,
  KubernetesObjectApi,
  PatchStrategy,
  RequestContext,
  ResponseContext,
} from '@kubernetes/client-node';
import { ownAuthorities } from './authorities.ts';
import { proxyFor } from './proxy.ts';
import { wholeBody } from './whole-body.ts';

export interface Apis {
  apps: AppsV1Api;
  authorization: AuthorizationV1Api;
  autoscaling: AutoscalingV2Api;
  core: CoreV1Api;
  /** Objects of any kind. */
  objects: KubernetesObjectApi;
  /** How an object is applied as a whole. */
  applying: PatchStrategy;
  /** How a patch that names only what changes is sent. */
  merge: Parameters<AppsV1Api['patchNamespacedDeployment']>[1];
}

export interface Connection {
  endpoint: string;
  /** Base64 of PEM; empty for what Node trusts. */
  certificateAuthority: string;
  token: string;
  /** Carries the requests: the client's own way over sockets by default. */
  http?: HttpLibrary | undefined;
  /** Takes every request back that is still on its way, and lets no other begin. */
  signal: AbortSignal;
  /** Told of each request before it leaves. */
  asking(method: string): void;
}

const REVIEWS = '/selfsubjectaccessreviews';

/** The client takes any page for an answer, with nothing in it: what a proxy says with status 200 must not pass for a deployment without pods. */
async function mustBeAnObject(answer: ResponseContext): Promise<void> {
  const text = await answer.body.text();
  const { kind } = objectIn(text);
  if (kind === undefined) throw new Error('what came back is no object of Kubernetes');
  answer.body = { text: async () => text, binary: async () => Buffer.from(text) };
}

/** Sends a request as the client's own library does, but takes no answer without end. */
function carried(request: RequestContext, Answer: typeof ResponseContext): Promise<ResponseContext> {
  const url = new URL(request.getUrl());
  return new Promise((resolve, reject) => {
    const asked = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: request.getHttpMethod(),
        headers: request.getHeaders(),
        agent: request.getAgent() as http.Agent | undefined,
        signal: request.getSignal(),
      },
      (answer) => {
        const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        wholeBody(answer, url.host).then((bytes) => {
          const body = { text: async () => bytes.toString('utf8'), binary: async () => bytes };
          resolve(new Answer(answer.statusCode ?? 0, Object.fromEntries(headers), body));
        }, reject);
      },
    );
    asked.on('error', reject);
    asked.end(request.getBody());
  });
}

function objectIn(text: string): { kind?: unknown } {
  try {
    return (JSON.parse(text) as { kind?: unknown } | null) ?? {};
  } catch {
    // Cut off, or a page.
    return {};
  }
}

/** The cluster's own authority; where it has none, or a proxy stands between, those that the environment names. */
async function trusted(certificateAuthority: string, proxied: boolean): Promise<{ caData?: string }> {
  const own = certificateAuthority && !proxied ? [] : await ownAuthorities();
  if (own.length === 0) return certificateAuthority ? { caData: certificateAuthority } : {};
  const cluster = certificateAuthority ? [Buffer.from(certificateAuthority, 'base64').toString()] : rootCertificates;
  return { caData: Buffer.from([...cluster, ...own].join('\n')).toString('base64') };
}

/** The APIs of one cluster. Loaded only when a drill asks a cluster something: the client is large. */
export async function connect(connection: Connection): Promise<Apis> {
  const { endpoint, certificateAuthority, token, signal } = connection;
  const library = await import('./kubernetes-library.ts');
  const {
    AppsV1Api,
    AuthorizationV1Api,
    AutoscalingV2Api,
    CoreV1Api,
    KubeConfig,
    KubernetesObjectApi,
    PatchStrategy,
    ServerConfiguration,
  } = library;
  const config = new KubeConfig();
  const proxy = proxyFor(new URL(endpoint));
  const trust = {
    ...(await trusted(certificateAuthority, proxy !== undefined)),
    ...(proxy && { proxyUrl: proxy.href }),
    // The client wants to hear that there is no certificate to verify.
    skipTLSVerify: endpoint.startsWith('http:'),
  };
  config.loadFromOptions({
    clusters: [{ name: 'cluster', server: endpoint, ...trust }],
    users: [{ name: 'dr-drill', token }],
    contexts: [{ name: 'drill', cluster: 'cluster', user: 'dr-drill' }],
    currentContext: 'drill',
  });
  const settings = library.createConfiguration({
    httpApi: library.wrapHttpLibrary({ send: (request) => carried(request, library.ResponseContext) }),
    baseServer: new ServerConfiguration(endpoint, {}),
    authMethods: { default: config },
    ...(connection.http && { httpApi: connection.http }),
    promiseMiddleware: [
      {
        pre: async (request) => {
          signal.throwIfAborted();
          // To ask for a permission is a POST, and changes nothing.
          connection.asking(request.getUrl().includes(REVIEWS) ? 'GET' : request.getHttpMethod());
          request.setSignal(signal);
          return request;
        },
        post: async (answer) => {
          if (answer.httpStatusCode < 300 || answer.httpStatusCode === 401) await mustBeAnObject(answer);
          return answer;
        },
      },
    ],
  });
  return {
    apps: new AppsV1Api(settings),
    authorization: new AuthorizationV1Api(settings),
    autoscaling: new AutoscalingV2Api(settings),
    core: new CoreV1Api(settings),
    objects: new KubernetesObjectApi(settings),
    applying: PatchStrategy.ServerSideApply,
    merge: library.setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
  };
}

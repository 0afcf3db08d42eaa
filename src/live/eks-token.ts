import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { Cluster } from '../ports/kubernetes.ts';
import type { LiveTransport } from './transport.ts';

/** EKS accepts a token for 15 minutes after it was signed. */
const LASTS_MS = 10 * 60_000;
const CLUSTER_HEADER = 'x-k8s-aws-id';

/** Tokens for the Kubernetes APIs of EKS clusters: a request to STS, signed and not sent, that EKS sends to see who we are. */
export function eksTokens(
  credentials: LiveTransport['credentials'],
  clock: Clock,
): (cluster: Cluster) => Promise<string> {
  const known = new Map<string, { token: string; untilMs: number }>();
  return async ({ region, cluster }) => {
    const key = `${region}/${cluster}`;
    const old = known.get(key);
    if (old && clock.nowMs() < old.untilMs) return old.token;
    const token = await signed(region, cluster, credentials, clock.nowMs());
    known.set(key, { token, untilMs: clock.nowMs() + LASTS_MS });
    return token;
  };
}

async function signed(
  region: string,
  cluster: string,
  credentials: LiveTransport['credentials'],
  nowMs: number,
): Promise<string> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { HttpRequest } = await import('@smithy/core/protocols');
  const hostname = `sts.${region}.${domainOf(region)}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const request = new HttpRequest({
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: hostname, [CLUSTER_HEADER]: cluster },
  });
  const header = new Set([CLUSTER_HEADER]);
  const presigned = await signer.presign(request, {
    signingDate: new Date(nowMs),
    expiresIn: 60,
    unhoistableHeaders: header,
    signableHeaders: new Set([CLUSTER_HEADER, 'host']),
  });
  const query = new URLSearchParams(presigned.query as Record<string, string>).toString().replaceAll('+', '%20');
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query}`).toString('base64url')}`;
}

const domainOf = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** What the signer wants of a hash, from Node's own. */
class Sha256 {
  readonly #key: string | ArrayBuffer | ArrayBufferView | undefined;
  #data: Buffer[] = [];

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#key = key;
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#data.push(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    const all = Buffer.concat(this.#data);
    return this.#key === undefined
      ? createHash('sha256').update(all).digest()
      : createHmac('sha256', bytes(this.#key)).update(all).digest();
  }

  reset(): void {
    this.#data = [];
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}

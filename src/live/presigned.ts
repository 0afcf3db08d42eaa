import { createHash, createHmac } from 'node:crypto';
import type { Aws } from '../aws/aws.ts';
import { isAboutSession } from '../aws/told.ts';
import type { LiveTransport } from './transport.ts';

/** Who signs, and AWS's clock, by which signatures are dated: the wall clock of this machine may be set at any time. */
export type Signing = Pick<LiveTransport, 'credentials' | 'awsNowMs'>;

/** Credentials as a run has them: where there are none, a call to AWS waits for a new session. */
export const waitingForSession = (signing: Signing, aws: Aws, region: string): Signing => ({
  awsNowMs: signing.awsNowMs,
  async credentials() {
    try {
      return await signing.credentials();
    } catch (error) {
      if (!isAboutSession(error)) throw error;
      await aws.call('sts', region, 'GetCallerIdentity', {});
      return await signing.credentials();
    }
  },
});

interface Wanted {
  service: string;
  region: string;
  hostname: string;
  port?: number;
  query: Record<string, string>;
  /** Sent with it, and signed. */
  headers?: Record<string, string>;
  expiresInSeconds: number;
  signing: Signing;
}

/** The URL of a request that is signed and not sent: anyone who gets it can send it, to see who we are. */
export async function presigned(wanted: Wanted): Promise<string> {
  const { service, region, hostname, port, query, headers = {}, expiresInSeconds, signing } = wanted;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { HttpRequest } = await import('@smithy/core/protocols');
  const signer = new SignatureV4({ service, region, credentials: signing.credentials, sha256: Sha256 });
  const request = new HttpRequest({
    method: 'GET',
    protocol: 'https:',
    hostname,
    ...(port !== undefined && { port }),
    path: '/',
    query,
    headers: { host, ...headers },
  });
  const signed = await signer.presign(request, {
    signingDate: new Date(signing.awsNowMs()),
    expiresIn: expiresInSeconds,
    unhoistableHeaders: new Set(Object.keys(headers)),
    signableHeaders: new Set([...Object.keys(headers), 'host']),
  });
  const said = new URLSearchParams(signed.query as Record<string, string>).toString().replaceAll('+', '%20');
  return `https://${host}/?${said}`;
}

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

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import * as z from 'zod';
import type { Identity } from '../drill/people.ts';
import { DrillError } from '../errors.ts';
import { fingerprintOf, isSignedBy, publicPem } from '../evidence/signing-key.ts';
import { dnsSuffixOf } from '../partition.ts';
import { mostBytes, readText } from '../read-file.ts';
import { presigned, type Signing } from './presigned.ts';
import { refusal } from './refusals.ts';

/** What someone adds to an answer to prove who they are. It holds for this answer in this run alone. */
export const proofSchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('aws'),
    region: z.string().regex(/^[a-z0-9-]{1,40}$/),
    /** Of a request to STS that is signed and not sent: anyone who gets it can see who signed it, and do nothing else with it. */
    query: z.string().max(16_384),
  }),
  z.strictObject({ by: z.literal('key'), publicKey: z.string().max(4_096), signature: z.base64().max(1_024) }),
]);
export type Proof = z.output<typeof proofSchema>;

/** Goes with the signed request, so that it proves nothing else than this answer. */
const HEADER = 'x-dr-drill-answer';
const EXPIRES_IN_SECONDS = 900;
const ANSWER_MAX_BYTES = 65_536;

/** What is proven: one answer, with the run that it is for. In hex. */
export const digestOfAnswer = (run: string, answer: object): string =>
  createHash('sha256')
    .update(JSON.stringify([run, ...Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest('hex');

/** By the AWS identity of the one who calls: STS tells the ARN to anyone who sends the request. */
export async function proofByAws(digest: string, region: string, signing: Signing): Promise<Proof> {
  const { hostname, port } = stsOf(region);
  const url = await presigned({
    service: 'sts',
    region,
    hostname,
    ...(port !== undefined && { port }),
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { [HEADER]: digest },
    expiresInSeconds: EXPIRES_IN_SECONDS,
    signing,
  });
  return { by: 'aws', region, query: new URL(url).search.slice(1) };
}

/** By a private key in PEM (PKCS#8): Ed25519 or P-256. */
export function proofByKey(digest: string, path: string): Proof {
  try {
    const key = createPrivateKey(readText(path, mostBytes.note));
    const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    const signature = sign(algorithm, Buffer.from(digest), key).toString('base64');
    return { by: 'key', publicKey: publicPem(createPublicKey(key)), signature };
  } catch (error) {
    throw new DrillError('key-unusable', `The key ${path} cannot be used: ${(error as Error).message}.`, {
      hint: 'Name a private key in PEM (PKCS#8), Ed25519 or P-256, such as one by: openssl genpkey -algorithm ed25519',
      cause: error,
    });
  }
}

/** Who a proof is by. Throws a DrillError where it proves nothing, or not this answer. */
export async function identityBy(proof: Proof, digest: string): Promise<Identity> {
  return proof.by === 'key' ? keyOf(proof, digest) : { arn: await callerBy(proof, digest) };
}

const provesNothing = (why: string, cause?: unknown) =>
  new DrillError('not-proven', `The answer does not prove who gave it: ${why}.`, {
    hint: 'Answer again: dr-drill signs each answer anew.',
    ...(cause !== undefined && { cause }),
  });

function keyOf({ publicKey, signature }: Extract<Proof, { by: 'key' }>, digest: string): Identity {
  try {
    const isEdwards = createPublicKey(publicKey).asymmetricKeyType === 'ed25519';
    const algorithm = isEdwards ? 'ed25519' : 'ecdsa-p256-sha256';
    if (isSignedBy(publicKey, algorithm, Buffer.from(digest), Buffer.from(signature, 'base64')))
      return { key: fingerprintOf(publicKey) };
  } catch (error) {
    throw provesNothing('its key cannot be read', error);
  }
  throw provesNothing('its signature is of another answer, or of another run');
}

/** The ARN that STS tells for a request that someone else has signed. It goes to STS and nowhere else. */
async function callerBy({ region, query }: Extract<Proof, { by: 'aws' }>, digest: string): Promise<string> {
  const said = new URLSearchParams(query);
  if (said.get('Action') !== 'GetCallerIdentity') throw provesNothing('it is no request for an identity');
  if (!(said.get('X-Amz-SignedHeaders') ?? '').split(';').includes(HEADER))
    throw provesNothing('it is not signed for an answer');
  const { protocol, hostname, port } = stsOf(region);
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const { HttpRequest } = await import('@smithy/core/protocols');
  const { requestSettings } = await import('./transport.ts');
  const request = new HttpRequest({
    method: 'GET',
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    path: '/',
    query: Object.fromEntries(said),
    headers: { host, [HEADER]: digest, accept: 'application/xml' },
  });
  try {
    const { response } = await new NodeHttpHandler(await requestSettings()).handle(request as never);
    const text = await textIn(response.body as AsyncIterable<Uint8Array>);
    const [, arn] = /<Arn>([^<]+)<\/Arn>/.exec(text) ?? [];
    if (response.statusCode === 200 && arn !== undefined) return arn;
    const [, why = `STS answered with status ${response.statusCode}`] = /<Message>([^<]+)<\/Message>/.exec(text) ?? [];
    throw provesNothing(why.replace(/\.$/, ''));
  } catch (error) {
    if (error instanceof DrillError) throw error;
    throw refusal(error, { service: 'sts', region, operation: 'GetCallerIdentity' });
  }
}

async function textIn(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > ANSWER_MAX_BYTES) throw provesNothing('STS answered with more than an identity');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Where STS is: as the environment says, otherwise AWS's own in that region. A proof never says where it is sent to. */
function stsOf(region: string): { protocol: string; hostname: string; port?: number } {
  const own = process.env.AWS_ENDPOINT_URL_STS ?? process.env.AWS_ENDPOINT_URL;
  if (!own) return { protocol: 'https:', hostname: `sts.${region}.${dnsSuffixOf(region)}` };
  const { protocol, hostname, port } = new URL(own);
  return { protocol, hostname, ...(port !== '' && { port: Number(port) }) };
}

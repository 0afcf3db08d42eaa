import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { fromBER, Integer, OctetString } from 'asn1js';
import {
  AlgorithmIdentifier,
  ContentInfo,
  CryptoEngine,
  MessageImprint,
  SignedData,
  setEngine,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { DrillError } from '../errors.ts';

const SHA256 = '2.16.840.1.101.3.4.2.1';
/** RFC 3161: granted, or granted with a harmless change. */
const GRANTED = [0, 1];

setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto as unknown as Crypto }));

/** Carries a request there and its answer back. */
export type Post = (
  url: string,
  request: { headers: Record<string, string>; body: Uint8Array; signal: AbortSignal },
) => Promise<{ status: number; body: Uint8Array }>;

/**
 * Asks an authority by RFC 3161 when some bytes existed. Fails with `not-time-stamped` where it does not answer, or answers about
 * something else.
 */
export const timestampBy =
  (url: string, signal: AbortSignal, post: Post) =>
  async (bytes: Uint8Array): Promise<Uint8Array> => {
    const nonce = randomBytes(8);
    // As DER wants a number: positive, and without a zero in front.
    nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x01;
    const asked = new Integer({ valueHex: inBuffer(nonce) });
    const request = new TimeStampReq({
      version: 1,
      messageImprint: new MessageImprint({
        hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256 }),
        hashedMessage: new OctetString({ valueHex: inBuffer(digest(bytes)) }),
      }),
      nonce: asked,
      certReq: true,
    });
    try {
      const headers = { 'content-type': 'application/timestamp-query' };
      const body = new Uint8Array(request.toSchema().toBER());
      const { status, body: response } = await post(url, { headers, body, signal });
      if (status < 200 || status > 299) throw new Error(`it answers with status ${status}`);
      const { info } = await readStamp(response, bytes);
      if (!info.nonce?.isEqual(asked)) throw new Error('it answers to another request');
      return response;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const hint = 'The run is sealed without a time-stamp. See whether DR_DRILL_TSA names a time-stamp authority.';
      throw new DrillError('not-time-stamped', `${new URL(url).host} gave no time-stamp: ${why}.`, { hint, cause });
    }
  };

/**
 * When the authority says that the bytes existed. Throws an Error that says why it does not. Whether the authority is to be trusted is not
 * judged here: its certificates come from itself.
 */
export const timeStampedAt = async (response: Uint8Array, bytes: Uint8Array): Promise<Date> =>
  (await readStamp(response, bytes)).info.genTime;

async function readStamp(response: Uint8Array, bytes: Uint8Array): Promise<{ info: TSTInfo }> {
  const { status, timeStampToken } = TimeStampResp.fromBER(inBuffer(response));
  if (!GRANTED.includes(status.status) || !timeStampToken) throw new Error('the authority refused');
  const signed = new SignedData({ schema: new ContentInfo({ schema: timeStampToken.toSchema() }).content });
  const content = signed.encapContentInfo.eContent?.valueBlock;
  const info = new TSTInfo({ schema: fromBER(inBuffer(new Uint8Array(content?.valueHexView ?? []))).result });
  if (Buffer.compare(Buffer.from(info.messageImprint.hashedMessage.valueBlock.valueHexView), digest(bytes)) !== 0)
    throw new Error('it is of something else');
  const isWhole = await signed.verify({ signer: 0, data: inBuffer(bytes), checkChain: false });
  if (!isWhole) throw new Error('its signature does not hold');
  return { info };
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** These bytes alone: a Node buffer may be in a larger one. */
const inBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

import type { ServedService } from '../catalogue.ts';
import { header, type Received } from '../exchange.ts';
import { cbor } from './cbor.ts';
import { jsonRpc } from './json-rpc.ts';
import type { Protocol } from './protocol.ts';
import { query } from './query.ts';
import { restJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';

/**
 * The protocol that a request is written in. It is read off the request, as a service may speak several;
 * the two of REST look alike, and only their service tells.
 */
export function protocolOf(request: Received, served: ServedService | undefined): Protocol {
  if (header(request, 'smithy-protocol') === 'rpc-v2-cbor') return cbor;
  if (header(request, 'x-amz-target') !== undefined) return jsonRpc;
  const form = header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded');
  if (form || request.query.has('Action')) return query;
  if (served?.protocol === 'aws.protocols#awsQuery') return query;
  return served?.protocol === 'aws.protocols#restXml' ? restXml : restJson;
}

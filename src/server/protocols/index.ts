import type { ServedService } from '../catalogue.ts';
import { header, type Received } from '../exchange.ts';
import { cbor } from './cbor.ts';
import { ec2Query } from './ec2-query.ts';
import { jsonRpc } from './json-rpc.ts';
import type { Protocol } from './protocol.ts';
import { query } from './query.ts';
import { operationByUri } from './rest.ts';
import { restJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';
import { s3 } from './s3.ts';
import { operationOf } from './s3-request.ts';

/**
 * The protocol that a request is written in. It is read off the request, as a service may speak several;
 * the two of REST look alike, and only their service tells.
 */
export function protocolOf(request: Received, served: ServedService | undefined): Protocol {
  // What is in an object may look like anything.
  if (served?.service === 's3') return s3;
  if (header(request, 'smithy-protocol') === 'rpc-v2-cbor') return cbor;
  if (header(request, 'x-amz-target') !== undefined) return jsonRpc;
  if (served?.protocol === 'aws.protocols#ec2Query') return ec2Query;
  const form = header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded');
  if (form || request.query.has('Action')) return query;
  if (served?.protocol === 'aws.protocols#awsQuery') return query;
  return served?.protocol === 'aws.protocols#restXml' ? restXml : restJson;
}

/** The service that an unsigned request means by its path; any path could be that of an object, so S3 is the last to ask. */
export const serviceByUri = (request: Received, services: ServedService[]): ServedService | undefined =>
  services.find((one) => one.service !== 's3' && operationByUri(request, one) !== undefined) ??
  services.find((one) => one.service === 's3' && operationOf(request, one) !== undefined);

import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import type { Operation } from '../catalogue.ts';
import type { Received, Reply } from '../exchange.ts';
import { Refusal } from '../refusal.ts';
import { type Protocol, REQUEST_ID, type ReplyTo } from './protocol.ts';
import { operationByUri, readBindings, writeBindings } from './rest.ts';
import { labelsOf } from './rest-uri.ts';
import { refuseInXml, xmlReply } from './xml-error.ts';

const deserializer = new XmlShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: true,
  xmlNamespace: '',
  serviceNamespace: '',
});

/** restXml: method and path say what is meant, XML goes both ways. Route 53 speaks it. */
export const restXml: Protocol = {
  errorForm: 'rest-xml',
  operationName: operationByUri,
  read: (request, operation) => readXml(request, operation, labelsOf(operation, request)),
  answer: answerInXml,
  refuse: refuseInXml,
};

export const readXml = (request: Received, operation: Operation, labels: Record<string, string> | undefined) =>
  readBindings(operation, request, labels, (schema, body) => {
    try {
      return deserializer.read(schema, body);
    } catch (error) {
      throw new Refusal('unreadable', `The request body is no such XML: ${(error as Error).message}`);
    }
  });

export function answerInXml(output: object, { operation, served, requestId }: ReplyTo): Reply {
  const { status, headers, body } = writeBindings(operation, output as Record<string, unknown>);
  const plain = { ...headers, [REQUEST_ID]: requestId };
  if (body === undefined) return { status, headers: plain, body: '' };
  if (body.schema.isBlobSchema()) return { status, headers: plain, body: (body.value as Uint8Array | undefined) ?? '' };
  const namespace = served.settings.xmlNamespace ?? '';
  const value = (body.value ?? {}) as object;
  const reply = xmlReply(body.schema, value, { status, requestId, namespace, httpBindings: true });
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { Refusal } from '../refusal.ts';
import type { Protocol } from './protocol.ts';
import { REQUEST_ID } from './protocol.ts';
import { operationByUri, readBindings, writeBindings } from './rest.ts';
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
  read: (request, operation) =>
    readBindings(operation, request, (schema, body) => {
      try {
        return deserializer.read(schema, body);
      } catch (error) {
        throw new Refusal('unreadable', `The request body is no such XML: ${(error as Error).message}`);
      }
    }),
  answer(output, { operation, served, requestId }) {
    const { status, headers, body } = writeBindings(operation, output as Record<string, unknown>);
    if (body === undefined) return { status, headers: { ...headers, [REQUEST_ID]: requestId }, body: '' };
    const namespace = served.settings.xmlNamespace ?? '';
    const reply = xmlReply(body.schema, (body.value ?? {}) as object, {
      status,
      requestId,
      namespace,
      httpBindings: true,
    });
    return { ...reply, headers: { ...reply.headers, ...headers } };
  },
  refuse: refuseInXml,
};

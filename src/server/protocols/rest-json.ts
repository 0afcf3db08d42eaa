import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { jsonReader, written } from './json-body.ts';
import { type Protocol, REQUEST_ID } from './protocol.ts';
import { operationByUri, readBindings, writeBindings } from './rest.ts';
import { labelsOf } from './rest-uri.ts';

const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, httpBindings: true, jsonName: true });
const read = jsonReader(codec);

/** restJson1: method and path say what is meant, JSON goes both ways. EKS and Lambda speak it. */
export const restJson: Protocol = {
  errorForm: 'json',
  operationName: operationByUri,
  read: (request, operation) => readBindings(operation, request, labelsOf(operation, request), read),
  answer(output, { operation, requestId }) {
    const { status, headers, body } = writeBindings(operation, output as Record<string, unknown>);
    const said = { 'Content-Type': 'application/json', [REQUEST_ID]: requestId, ...headers };
    if (body === undefined) return { status, headers: said, body: '' };
    // A payload of bytes is the body itself.
    if (body.schema.isBlobSchema())
      return { status, headers: said, body: (body.value as Uint8Array | undefined) ?? '' };
    return { status, headers: said, body: written(codec, body.schema, body.value ?? {}) };
  },
  refuse: ({ name, message, status }, { requestId }) => ({
    status,
    headers: { 'Content-Type': 'application/json', [REQUEST_ID]: requestId, 'x-amzn-ErrorType': name },
    body: JSON.stringify({ message }),
  }),
};

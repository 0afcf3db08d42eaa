import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { header, type Received } from '../exchange.ts';
import { jsonReader, written } from './json-body.ts';
import { type Protocol, REQUEST_ID } from './protocol.ts';
import { queryError } from './query-error.ts';

const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });
const read = jsonReader(codec);

/** awsJson1_0 and 1_1: a header names the operation, JSON goes both ways. CloudWatch and Service Quotas speak it. */
export const jsonRpc: Protocol = {
  errorForm: 'json',
  operationName: (request) => header(request, 'x-amz-target')?.split('.').at(-1),
  read: (request, { input }) =>
    input.isUnitSchema() || request.body.byteLength === 0 ? {} : read(input, request.body),
  answer: (output, { request, operation, requestId }) => ({
    status: 200,
    headers: { 'Content-Type': typeOf(request), [REQUEST_ID]: requestId },
    body: operation.output.isUnitSchema() ? '{}' : written(codec, operation.output, output),
  }),
  refuse: (fault, { request, served, requestId }) => ({
    status: fault.status,
    headers: { 'Content-Type': typeOf(request), [REQUEST_ID]: requestId, ...queryError(fault, served) },
    body: JSON.stringify({
      __type: `${served?.settings.defaultNamespace ?? 'com.amazon.coral.service'}#${fault.name}`,
      message: fault.message,
    }),
  }),
};

/** 1.0 or 1.1, as the client has it. */
const typeOf = (request: Received): string => header(request, 'content-type') ?? 'application/x-amz-json-1.0';

import { CborCodec } from '@smithy/core/cbor';
import { Refusal } from '../refusal.ts';
import { type Protocol, REQUEST_ID } from './protocol.ts';
import { queryError } from './query-error.ts';

const codec = new CborCodec();
const DOCUMENT = 15;

/** rpc-v2-cbor: the path names the operation, CBOR goes both ways. CloudWatch speaks it to newer clients. */
export const cbor: Protocol = {
  errorForm: 'json',
  operationName: ({ path }) => /\/service\/[^/]+\/operation\/([^/]+)\/?$/.exec(path)?.[1],
  read(request, { input }) {
    if (input.isUnitSchema() || request.body.byteLength === 0) return {};
    try {
      return codec.createDeserializer().read(input, request.body) as object;
    } catch (error) {
      throw new Refusal('unreadable', (error as Error).message);
    }
  },
  answer: (output, { operation, requestId }) => ({
    status: 200,
    headers: headers(requestId),
    body: operation.output.isUnitSchema() ? '' : written(operation.output, output),
  }),
  refuse(fault, { served, requestId }) {
    const __type = `${served?.settings.defaultNamespace ?? 'com.amazon.coral.service'}#${fault.name}`;
    return {
      status: fault.status,
      headers: { ...headers(requestId), ...queryError(fault, served) },
      body: written(DOCUMENT, { __type, message: fault.message }),
    };
  },
};

const headers = (requestId: string) => ({
  'Content-Type': 'application/cbor',
  'smithy-protocol': 'rpc-v2-cbor',
  [REQUEST_ID]: requestId,
});

function written(schema: unknown, value: unknown): Uint8Array {
  const serializer = codec.createSerializer();
  serializer.write(schema as never, value);
  return serializer.flush() as Uint8Array;
}

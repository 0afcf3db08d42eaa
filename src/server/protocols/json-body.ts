import type { JsonCodec2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { textOf } from '../exchange.ts';
import { Refusal } from '../refusal.ts';

/** Reads a body of a schema; what is no JSON object is refused. */
export const jsonReader = (codec: JsonCodec2) => async (schema: NormalizedSchema, body: Uint8Array) => {
  let value: unknown;
  try {
    value = await codec.createDeserializer().read(schema, textOf(body));
  } catch (error) {
    throw new Refusal('unreadable', (error as Error).message);
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new Refusal('unreadable', 'Start of structure or map found where not expected.');
};

export function written(codec: JsonCodec2, schema: NormalizedSchema, value: unknown): string | Uint8Array {
  const serializer = codec.createSerializer();
  serializer.write(schema, value);
  return serializer.flush();
}

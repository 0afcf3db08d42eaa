import type { JsonCodec2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { textOf } from '../exchange.ts';
import { Refusal } from '../refusal.ts';

/** Reads a body of a schema; what is no JSON is refused. */
export const jsonReader = (codec: JsonCodec2) => async (schema: NormalizedSchema, body: Uint8Array) => {
  try {
    return (await codec.createDeserializer().read(schema, textOf(body))) as object;
  } catch (error) {
    throw new Refusal('unreadable', (error as Error).message);
  }
};

export function written(codec: JsonCodec2, schema: NormalizedSchema, value: unknown): string | Uint8Array {
  const serializer = codec.createSerializer();
  serializer.write(schema, value);
  return serializer.flush();
}

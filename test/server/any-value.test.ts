import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/aws/aws.ts';
import { anyValue, schemasOf } from './any-value.ts';
import { type AnyCommand, clientOf, commandsOf, operations, send, served, stillWorld } from './server.ts';

const any = (schema: NormalizedSchema) =>
  schema.isUnitSchema() ? fc.constant({}) : (anyValue(schema) as fc.Arbitrary<object>);

/** Sends any input to a world that gives any output, and holds what came against what was sent, both ways. */
async function survives(service: Service, operation: string, more: object = {}): Promise<void> {
  const [inputs, outputs] = schemasOf(commandsOf(service)[operation] as AnyCommand).map(any);
  let asked: object | undefined;
  let given = {};
  const answer = async (_: object, input: object) => {
    asked = input;
    return given;
  };
  const { url } = await served({ world: { ...stillWorld(), answer } });
  const client = clientOf(service, url, more);
  await fc.assert(
    fc.asyncProperty(inputs ?? expect.fail(), outputs ?? expect.fail(), async (input, output) => {
      given = output;
      const came = await send(client, service, operation, input);
      // Of an object's headers, HTTP and the client add some of their own.
      if (service === 's3') {
        expect(asked).toMatchObject(input);
        expect(came).toMatchObject(output);
        return;
      }
      expect(asked).toEqual(input);
      expect(came).toEqual(output);
    }),
    { numRuns: 40 },
  );
}

describe('any input survives the way from a client to the world, and any output the way back', () => {
  test.each(operations)('$service $operation', ({ service, operation }) => survives(service, operation));
  test.each(Object.keys(commandsOf('cloudwatch')))('cloudwatch %s by the query protocol', (operation) =>
    survives('cloudwatch', operation, { protocol: AwsQueryProtocol }),
  );
  test.each(Object.keys(commandsOf('cloudwatch')))('cloudwatch %s by CBOR', (operation) =>
    survives('cloudwatch', operation, { protocol: AwsSmithyRpcV2CborProtocol }),
  );
});

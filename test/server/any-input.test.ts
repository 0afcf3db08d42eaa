import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/aws/aws.ts';
import { anyInput, inputSchemaOf } from './any-input.ts';
import { type AnyCommand, clientOf, commandsOf, operations, send, served, stillWorld } from './server.ts';

/** A server whose world does nothing but keep what it was asked. */
async function listening() {
  const asked: object[] = [];
  const world = { ...stillWorld(), answer: async (_: object, input: object) => asked[asked.push(input) - 1] && {} };
  return { asked, ...(await served({ world })) };
}

async function survives(service: Service, operation: string, more: object = {}): Promise<void> {
  const { asked, url } = await listening();
  const client = clientOf(service, url, more);
  const schema = inputSchemaOf(commandsOf(service)[operation] as AnyCommand);
  const inputs = schema.isUnitSchema() ? fc.constant({}) : (anyInput(schema) as fc.Arbitrary<object>);
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      await send(client, service, operation, input);
      expect(asked.pop()).toEqual(input);
    }),
    { numRuns: 40 },
  );
}

describe('any input survives the way from a client to the world', () => {
  test.each(operations)('$service $operation', ({ service, operation }) => survives(service, operation));
  test.each(Object.keys(commandsOf('cloudwatch')))('cloudwatch %s by the query protocol', (operation) =>
    survives('cloudwatch', operation, { protocol: AwsQueryProtocol }),
  );
  test.each(Object.keys(commandsOf('cloudwatch')))('cloudwatch %s by CBOR', (operation) =>
    survives('cloudwatch', operation, { protocol: AwsSmithyRpcV2CborProtocol }),
  );
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { UnknownOutcome } from '../../src/errors.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { awsEnvironment } from './outside.ts';

const PAGE = '<!doctype html>\n<html lang=en>\n<title>Oh dear</title>\n<h1>Oh dear</h1>\n';
const REGION = 'ap-northeast-1';
let status = 200;
let framework: string | undefined;
let asked = 0;
let server: Server;

beforeAll(async () => {
  server = createServer((_, response) => {
    asked += 1;
    const headers = { 'Content-Type': 'text/html; charset=utf-8', ...(framework && { Server: framework }) };
    response.writeHead(status, headers).end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const [name, value] of Object.entries(awsEnvironment(`http://127.0.0.1:${port}`))) vi.stubEnv(name, value);
});
afterEach(() => {
  asked = 0;
  framework = undefined;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

async function throughTheGateway() {
  const clock = realClock();
  const change = (service: string, operation: string) => isChange(`${service}:${operation}`);
  const options = {
    transport: await liveTransport(clock, { region: REGION }),
    clock,
    regions: [REGION],
    record: () => {},
  };
  return gateway({ ...options, isChange: change, jitter: () => 0 })({
    step: 'test',
    signal: AbortSignal.timeout(10_000),
  });
}

const promote = async () =>
  (await throughTheGateway()).call('rds', REGION, 'PromoteReadReplica', { DBInstanceIdentifier: 'a' });

const WERKZEUG = 'Werkzeug/3.1.3 Python/3.12.3';

test.each([
  // What an emulator's framework refuses, it refuses for the emulator, whatever the status.
  ...[403, 404, 405, 500, 501].map((given) => ({ given, by: WERKZEUG })),
  ...[404, 405, 501].map((given) => ({ given, by: undefined })),
])('a web page with status $given by $by is an endpoint that is not AWS’s', async ({ given, by }) => {
  status = given;
  framework = by;
  await expect(promote()).rejects.toMatchObject({
    code: 'not-supported',
    message: 'rds PromoteReadReplica is not supported by this endpoint.',
  });
  const update = (await throughTheGateway()).call('eks', REGION, 'DescribeUpdate', { name: 'a', updateId: 'b' });
  await expect(update).rejects.toMatchObject({ code: 'not-supported' });
});

test.each([200, 403, 500, 502, 503, 504])(
  'a web page with status %i comes from something on the way, and says nothing about a change',
  async (given) => {
    status = given;
    await expect(promote()).rejects.toBeInstanceOf(UnknownOutcome);
    expect(asked).toBe(1);
    const look = (await throughTheGateway()).call('rds', REGION, 'DescribeDBInstances', {}, { withinMs: 500 });
    await expect(look).rejects.toMatchObject({
      name: 'Unreadable',
      message: expect.stringContaining(`(status ${given})`),
    });
    expect(asked).toBe(3);
  },
);

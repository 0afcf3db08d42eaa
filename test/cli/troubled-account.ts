import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { liveAccount } from './live-account.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** What a call is answered with instead. */
export interface Trouble {
  status: number;
  type?: string;
  body: string;
}

/** A call as it comes over the wire: the service that it is signed for, the region, and its path, headers and body in one text. */
interface Call {
  service: string;
  region: string;
  text: string;
}

const xml = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

/** AWS's own refusal, in the form that a service speaks. */
export function refused(service: string, status: number, code: string, message: string): Trouble {
  if (service === 's3')
    return {
      status,
      type: 'application/xml',
      body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    };
  if (['sts', 'rds', 'iam', 'route53', 'sns', 'elasticache', 'monitoring'].includes(service))
    return { status, type: 'text/xml', body: xml(code, message) };
  return {
    status,
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify({ __type: code, message, Message: message }),
  };
}

/** A served account, some of whose calls meet trouble on their way. */
export async function troubledAccount(
  troubleOf: (call: Call) => Trouble | 'reset' | undefined,
  ...given: Parameters<typeof liveAccount>
) {
  const { env, world } = await liveAccount(...given);
  const { hostname, port } = new URL(env.AWS_ENDPOINT_URL);
  const server = createServer(async (incoming, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const [, region = '', service = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(incoming.headers.authorization ?? '') ?? [];
    const text = `${incoming.method} ${incoming.url}\n${JSON.stringify(incoming.headers)}\n${body.toString('latin1')}`;
    const trouble = troubleOf({ service, region, text });
    if (trouble === 'reset') return incoming.socket.destroy();
    if (trouble) {
      const { status, type = 'text/html', body: instead } = trouble;
      const code = /"__type":"(\w+)"/.exec(instead)?.[1];
      answer.writeHead(status, { 'content-type': type, ...(code && { 'x-amzn-errortype': code }) });
      return answer.end(instead);
    }
    const options = { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers };
    const passed = request(options, (theirs) => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.headers);
      theirs.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    return passed.end(body);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { world, env: { ...env, AWS_ENDPOINT_URL: url } };
}

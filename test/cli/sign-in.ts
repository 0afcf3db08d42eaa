import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { newFolder } from './command.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A home with the files of the AWS CLI; gives the environment that leads there. */
export function awsHome(config: string, sso: { name: string; token: object }[] = []) {
  const home = newFolder();
  const cache = join(home, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const file = join(home, '.aws', 'config');
  writeFileSync(file, config);
  const login = (name: string, token: object) => {
    const key = createHash('sha1').update(name).digest('hex');
    writeFileSync(join(cache, `${key}.json`), JSON.stringify(token));
  };
  for (const { name, token } of sso) login(name, token);
  const env = {
    HOME: home,
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws', 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return { env, login, write: (text: string) => writeFileSync(file, text) };
}

/** What was asked of the sign-in services, in order: operation, and the region that the request was signed for. */
export interface Asked {
  operation: string;
  region: string;
  form: URLSearchParams;
}

interface Refusal {
  status: number;
  code: string;
  message: string;
}

const keys = (accessKeyId: string) => ({
  accessKeyId,
  secretAccessKey: 'given',
  sessionToken: 'given',
  expiration: Date.parse('2099-01-01'),
});

/** STS and IAM Identity Center as far as credentials need them; `next` is where every other request goes. */
export async function signIn(
  next: string,
  {
    refuses,
    ends = () => '2099-01-01T00:00:00Z',
  }: { refuses?: (operation: string) => Refusal | undefined; ends?: () => string } = {},
) {
  const asked: Asked[] = [];
  const server = createServer(async (incoming, answer) => {
    const body = await textOf(incoming);
    const form = new URLSearchParams(body);
    const path = incoming.url ?? '';
    const operation = path.startsWith('/federation/credentials')
      ? 'GetRoleCredentials'
      : path === '/token'
        ? 'CreateToken'
        : (form.get('Action') ?? '');
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1] ?? '';
    asked.push({ operation, region, form });
    const refused = refuses?.(operation);
    if (refused && operation.startsWith('Get') && operation !== 'GetCallerIdentity') {
      answer.writeHead(refused.status, { 'content-type': 'application/json', 'x-amzn-errortype': refused.code });
      return answer.end(JSON.stringify({ message: refused.message }));
    }
    if (refused) {
      answer.writeHead(refused.status, { 'content-type': 'text/xml' });
      return answer.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${refused.code}</Code><Message>${refused.message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      );
    }
    if (operation === 'AssumeRole' || operation === 'AssumeRoleWithWebIdentity') {
      answer.writeHead(200, { 'content-type': 'text/xml' });
      return answer.end(
        `<${operation}Response><${operation}Result><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>given</SecretAccessKey><SessionToken>given</SessionToken><Expiration>${ends()}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/drill/x</Arn><AssumedRoleId>x</AssumedRoleId></AssumedRoleUser></${operation}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${operation}Response>`,
      );
    }
    if (operation === 'GetRoleCredentials') {
      answer.writeHead(200, { 'content-type': 'application/json' });
      return answer.end(JSON.stringify({ roleCredentials: keys('ASIASSO') }));
    }
    const { hostname, port } = new URL(next);
    const passed = request({ hostname, port, path, method: incoming.method, headers: incoming.headers }, (theirs) => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.headers);
      theirs.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    passed.end(body);
    return undefined;
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, env: { AWS_ENDPOINT_URL: next, AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL_SSO: url } };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { besideBoard, pageThatAsks, press } from '../board/beside-board.ts';
import { drDrill, newFolder } from '../cli/command.ts';
import { askingDrill } from '../cli/live-account.ts';
import { shippedTopology } from '../drill/files.ts';
import { Boto3 } from './boto3.ts';
import { type Moto, startMoto } from './moto.ts';
import { ACCOUNT, RECOVERY } from './moto-account.ts';
import { awsEnvironment } from './outside.ts';

/*
 * What moto's STS does otherwise than AWS's:
 * - It takes a presigned request for one to S3: it finds service and caller in the header `Authorization` alone. What stands before it here
 *   moves the signature from the query to that header.
 * - It checks no signature and no expiry. That a proof holds for one answer alone is tested against the simulated account
 *   (test/cli/identity.test.ts), whose STS computes signatures.
 */

let moto: Moto;
let boto3: Boto3;
let sts: { url: string; presigned: URL[]; close: () => void };

beforeAll(async () => {
  moto = await startMoto();
  boto3 = new Boto3(moto.url);
  sts = await beforeMoto(moto.url);
});
afterAll(async () => {
  sts.close();
  await boto3.close();
  await moto.close();
});

/** Passes each request on to moto; a presigned one with its signature in the header. */
async function beforeMoto(target: string) {
  const presigned: URL[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const url = new URL(request.url ?? '', target);
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name)),
      ) as Record<string, string>;
      if (url.searchParams.has('X-Amz-Signature')) {
        presigned.push(url);
        headers.authorization = signatureOf(url.searchParams);
      }
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
      const answer = await fetch(url, { method: request.method ?? 'GET', headers, ...body });
      const type = answer.headers.get('content-type') ?? '';
      response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, presigned, close: () => server.close() };
}

const signatureOf = (query: URLSearchParams): string => {
  const [credential, signed, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) =>
    query.get(`X-Amz-${name}`),
  );
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`;
};

/** A session of a role in moto's account, as a person's own login gives it: the environment of their terminal, and their ARN. */
async function session(name: string) {
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/drill-people`;
  interface Assumed {
    Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    AssumedRoleUser: { Arn: string };
  }
  const { Credentials, AssumedRoleUser } = await boto3.call<Assumed>('sts', RECOVERY, 'AssumeRole', {
    RoleArn,
    RoleSessionName: name,
  });
  const env = {
    ...awsEnvironment(sts.url),
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials.SessionToken,
    DR_DRILL_LEASES: newFolder(),
  };
  return { env, arn: AssumedRoleUser.Arn };
}

/** A drill that two people of moto's account must approve. */
function approvedBy(people: object): string {
  const folder = newFolder();
  const topology = { ...parse(readFileSync(shippedTopology, 'utf8')), account: ACCOUNT, people };
  writeFileSync(join(folder, 'topology.yaml'), stringify(topology));
  const drill = join(folder, 'asking.yaml');
  const asks = { question: 'Now?', people: 2, roles: ['incident commander', 'infrastructure lead'], each: '60 s' };
  writeFileSync(drill, askingDrill(asks).replace(shippedTopology, 'topology.yaml'));
  return drill;
}

test('a board and a terminal approve by AWS identities that moto tells, and the journal has their ARNs', async () => {
  const [ann, bo, eve, leader] = await Promise.all(['ann', 'bo', 'eve', 'leader'].map(session));
  if (!ann || !bo || !eve || !leader) throw new Error('moto gave no session');
  expect(ann.arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/drill-people/ann`);
  const drill = approvedBy({
    ann: { name: 'Ann Lee', roles: ['incident commander'], arn: ann.arn },
    bo: { name: 'Bo Chen', roles: ['infrastructure lead'], arn: bo.arn },
  });
  const entries = await besideBoard(
    ['--as', 'aws'],
    drill,
    async (url) => {
      const page = await pageThatAsks(url);
      const approved = await press(url, page, 'Approve', { why: 'All is ready' });
      expect([approved.status, await approved.text()]).toEqual([202, 'Signed, and left for the run.']);
      const run = /dr-drill approve (\S+)/.exec(page)?.[1] ?? '';
      const stranger = await drDrill(['approve', run], { env: eve.env });
      expect([stranger.exitCode, stranger.err]).toEqual([
        2,
        expect.stringContaining(`${eve.arn} is not named under people in the topology`),
      ]);
      expect(await drDrill(['approve', run], { env: bo.env })).toMatchObject({ exitCode: 0, err: '' });
    },
    { env: leader.env, boardEnv: ann.env },
  );
  expect(entries.flatMap((one) => (one.type === 'answered' ? [[one.by, one.identity, one.through]] : []))).toEqual([
    ['Ann Lee', ann.arn, 'board'],
    ['Bo Chen', bo.arn, 'command'],
  ]);
  expect(entries.find((one) => one.type === 'step-ended' && one.step === 'agree')).toMatchObject({
    outcome: 'ok',
    result: { approvedBy: ['Ann Lee', 'Bo Chen'] },
  });
  // Who signed is asked of STS by the person who answers, and again by the run.
  expect(sts.presigned.length).toBeGreaterThanOrEqual(4);
  for (const { searchParams } of sts.presigned) {
    expect(searchParams.get('Action')).toBe('GetCallerIdentity');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-dr-drill-answer');
  }
});

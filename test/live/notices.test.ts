import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveChannels, noticeSender } from '../../src/live/notices.ts';
import { messageFor } from '../../src/notices/channels.ts';
import { testNotice } from '../../src/notices/trial.ts';
import { NotDelivered } from '../../src/ports/notices.ts';
import { scratch } from '../drill/files.ts';
import { certify, makeAuthority } from '../lab/servers/certificate.ts';
import { channelsFrom, everyChannel, withChannels } from '../notices/channels.ts';
import { shipped } from '../run/drill.ts';

interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = { status: number; body?: string; headers?: Record<string, string> };

const { path: folder } = scratch();
const { topology } = shipped('multi-region-failover');
const closing: (() => Promise<unknown> | unknown)[] = [];
const notice = testNotice({ channel: 'x', sender: 'ops on host', at: '2026-01-05T01:00:00.000Z' });

beforeEach(() => {
  vi.stubEnv('TEST_SLACK_TOKEN', 'bot-token-of-the-test');
  vi.stubEnv('TEST_ROUTING_KEY', 'routing-key-of-the-test-00000000');
  vi.stubEnv('TEST_HOOK_SECRET', `whsec_${Buffer.from('signing key of the test').toString('base64')}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A real HTTP server that answers as it is told, once each; the last answer stays. */
async function httpService(...answers: Answer[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      const answer = answers[Math.min(received.length, answers.length) - 1] as Answer;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('TEST_SLACK_URL', `${url}/services/T0/B0/slack-path-of-the-test`);
  vi.stubEnv('TEST_TEAMS_URL', `${url}/workflows/teams-path-of-the-test`);
  return { url, received };
}

const noAws = (): Promise<Aws> => Promise.reject(new Error('no channel of these asks AWS'));

/** Sends one message over a channel of this name. */
async function sendOver(
  name: keyof ReturnType<typeof everyChannel>,
  options: {
    http?: string;
    smtp?: number;
    aws?: () => Promise<Aws>;
    receipt?: Record<string, string>;
    change?: object;
    notice?: typeof notice;
  } = {},
) {
  const channels = everyChannel(options.http, options.smtp);
  const channel = channelsFrom({ [name]: { ...channels[name], ...options.change } })[name];
  if (!channel) throw new Error(name);
  const send = noticeSender({
    topology: withChannels(topology, channels),
    clock: realClock(),
    aws: options.aws ?? noAws,
  });
  const message = messageFor(channel.kind, options.notice ?? notice);
  return send({ channel, message, id: 'msg_1', receipt: options.receipt }, new AbortController().signal);
}

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('an incoming webhook of Slack is posted blocks', async () => {
  const { url, received } = await httpService({ status: 200, body: 'ok' });
  await sendOver('incidents', { http: url });
  expect(received).toMatchObject([{ path: '/services/T0/B0/slack-path-of-the-test' }]);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    blocks: [{ type: 'header' }, { type: 'section' }, {}, {}],
  });
});

test('a bot of Slack puts the second message of a run into the thread of the first', async () => {
  const { url, received } = await httpService({ status: 200, body: '{"ok":true,"channel":"C9","ts":"17.5"}' });
  const receipt = await sendOver('threads', { http: url });
  expect(receipt).toEqual({ channel: 'C9', ts: '17.5' });
  await sendOver('threads', { http: url, receipt: receipt as Record<string, string> });
  const bodies = received.map(({ body }) => JSON.parse(body));
  expect(bodies).toMatchObject([{ channel: 'C024BE91L' }, { channel: 'C9', thread_ts: '17.5' }]);
  expect(bodies[0]).not.toHaveProperty('thread_ts');
  expect(received[0]).toMatchObject({
    path: '/slack/chat.postMessage',
    headers: { authorization: 'Bearer bot-token-of-the-test' },
  });
});

test('what Slack refuses with status 200 is a refusal, and its rate limit passes', async () => {
  const { url } = await httpService(
    { status: 200, body: '{"ok":false,"error":"channel_not_found"}' },
    { status: 429, headers: { 'retry-after': '7' }, body: '{"ok":false,"error":"ratelimited"}' },
  );
  expect(await refusalOf(sendOver('threads', { http: url }))).toMatchObject({
    name: 'NotDelivered',
    passes: false,
    message: 'Slack refused it: channel_not_found.',
  });
  expect(await refusalOf(sendOver('threads', { http: url }))).toMatchObject({
    name: 'NotDelivered',
    passes: true,
    afterMs: 7_000,
  });
});

test('PagerDuty gets an event with the routing key, which stands in no message', async () => {
  const { url, received } = await httpService({ status: 202, body: '{"status":"success"}' });
  await sendOver('pager', { http: url });
  expect(received[0]?.path).toBe('/pagerduty/enqueue');
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    routing_key: 'routing-key-of-the-test-00000000',
    event_action: 'trigger',
    dedup_key: notice.subject.id,
    payload: { summary: expect.any(String), source: 'dr-drill', severity: 'info' },
  });
  expect(JSON.stringify(messageFor('pagerduty', notice))).not.toContain('routing-key');
});

test('a webhook is signed as Standard Webhooks says, and its receiver can check it', async () => {
  const { url, received } = await httpService({ status: 204 });
  await sendOver('program', { http: url });
  const { headers, body } = received[0] as Received;
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', 'signing key of the test').update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - realClock().wallMs())).toBeLessThan(60_000);
  expect(JSON.parse(body)).toMatchObject({ type: 'dr-drill.test', data: { says: notice.says } });
});

test('Teams gets an Adaptive Card; its refusal behind a status 200 is one', async () => {
  const { url, received } = await httpService(
    { status: 202 },
    {
      status: 200,
      body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
    },
  );
  await sendOver('teams', { http: url });
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
  });
  expect(await refusalOf(sendOver('teams', { http: url }))).toMatchObject({ name: 'NotDelivered', passes: true });
});

test.each<[string, Answer, object]>([
  ['a refusal', { status: 400, body: 'invalid_payload' }, { name: 'NotDelivered', passes: false }],
  ['a service that is closed for now', { status: 503 }, { name: 'NotDelivered', passes: true }],
  ['a gateway that may have passed it on', { status: 502 }, { name: 'Error' }],
  [
    'a redirect',
    { status: 302, headers: { location: 'http://elsewhere.example' } },
    { name: 'NotDelivered', passes: false },
  ],
])('%s is told apart from what may have arrived', async (_, answer, expected) => {
  const { url } = await httpService(answer);
  const error = (await refusalOf(sendOver('incidents', { http: url }))) as Error;
  expect(error).toMatchObject(expected);
  expect(error.message).not.toContain('slack-path-of-the-test');
});

test('a service that is not there was certainly not told, and its secret address is in no error', async () => {
  vi.stubEnv('TEST_SLACK_URL', 'http://127.0.0.1:9/services/slack-path-of-the-test');
  const error = (await refusalOf(sendOver('incidents'))) as NotDelivered;
  expect(error).toMatchObject({ name: 'NotDelivered', passes: true, message: expect.stringContaining('refused') });
  expect(error.message).not.toContain('slack-path-of-the-test');
});

test.each([
  ['an empty variable', 'TEST_SLACK_URL', '', /TEST_SLACK_URL is empty/],
  ['plain http to elsewhere', 'TEST_SLACK_URL', 'http://hooks.slack.com/services/x', /must be an https URL/],
])('%s is told with what to correct, and nothing is sent', async (_, variable, value, told) => {
  vi.stubEnv(variable, value);
  const error = await refusalOf(sendOver('incidents'));
  expect(error).toBeInstanceOf(NotDelivered);
  expect((error as Error).message).toMatch(told);
});

test('a secret may stand in a file, or in Secrets Manager under a key', async () => {
  const { url, received } = await httpService({ status: 202 });
  const path = join(folder, 'routing-key');
  writeFileSync(path, 'routing-key-from-the-file\n');
  await sendOver('pager', { http: url, change: { routingKey: { from: 'file', path } } });
  const aws = { call: async () => ({ SecretString: '{"pagerduty":"routing-key-from-aws"}' }) } as unknown as Aws;
  const routingKey = { from: 'secrets-manager', secret: 'ops/notices', key: 'pagerduty' };
  await sendOver('pager', { http: url, aws: async () => aws, change: { routingKey } });
  expect(received.map(({ body }) => JSON.parse(body).routing_key)).toEqual([
    'routing-key-from-the-file',
    'routing-key-from-aws',
  ]);
});

/** A real SMTP server without TLS, on this machine. */
async function smtpService(onRcpt: (address: string) => Error | undefined = () => undefined) {
  const mails: string[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username = '', password }, _, done) {
      logins.push(`${username} ${password}`);
      done(password === 'mail-password-of-the-test' ? null : new Error('Invalid login'), { user: username });
    },
    onRcptTo: ({ address }, _, done) => done(onRcpt(address)),
    onData(stream, _, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, mails, logins };
}

test('a mail is delivered over SMTP, with its login', async () => {
  const { port, mails, logins } = await smtpService();
  vi.stubEnv('TEST_MAIL_PASSWORD', 'mail-password-of-the-test');
  const login = { user: 'drills', password: { from: 'environment', variable: 'TEST_MAIL_PASSWORD' } };
  await sendOver('mail', { smtp: port, change: { login } });
  expect(logins).toEqual(['drills mail-password-of-the-test']);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatch(/^Subject: DRILL test: This is a test of the channel x/m);
  expect(mails[0]).toMatch(/^In-Reply-To: <[0-9a-f]{32}@dr-drill>/m);
});

test('who is asked gets the mail beside those to whom the channel always writes, each once', async () => {
  const asked: string[] = [];
  const { port } = await smtpService((address) => {
    asked.push(address);
    return undefined;
  });
  const people = ['ann@example.org', 'ops@example.org'].map((email) => ({ name: email, contacts: { email } }));
  await sendOver('mail', { smtp: port, notice: { ...notice, people } });
  expect(asked).toEqual(['ops@example.org', 'ann@example.org']);
});

test('a recipient that the server refuses for good is told, and one for now is asked again', async () => {
  const refused = (responseCode: number) => Object.assign(new Error('no such mailbox'), { responseCode });
  const gone = await smtpService(() => refused(550));
  expect(await refusalOf(sendOver('mail', { smtp: gone.port }))).toMatchObject({ name: 'NotDelivered', passes: false });
  const busy = await smtpService(() => refused(450));
  expect(await refusalOf(sendOver('mail', { smtp: busy.port }))).toMatchObject({ name: 'NotDelivered', passes: true });
  expect([...gone.mails, ...busy.mails]).toEqual([]);
});

test('a server without STARTTLS gets no mail where the topology wants TLS', async () => {
  const { port, mails } = await smtpService();
  const error = await refusalOf(sendOver('mail', { smtp: port, change: { tls: 'starttls' } }));
  expect(error).toBeInstanceOf(NotDelivered);
  expect(mails).toEqual([]);
});

test('a password is not sent in plain text to another machine', () => {
  const login = { user: 'drills', password: { from: 'environment', variable: 'TEST_MAIL_PASSWORD' } };
  expect(() => channelsFrom({ mail: { ...everyChannel().mail, host: 'mail.example.org', login } })).toThrow(
    /only over TLS/,
  );
});

test('SNS gets a subject and a text; a refusal is told apart from silence', async () => {
  const calls: unknown[] = [];
  const answering =
    (answer: () => unknown): (() => Promise<Aws>) =>
    async () =>
      ({
        call: async (...asked: unknown[]) => {
          calls.push(asked);
          return answer();
        },
      }) as unknown as Aws;
  await sendOver('topic', { aws: answering(() => ({ MessageId: '1' })) });
  expect(calls).toMatchObject([
    [
      'sns',
      'ap-northeast-1',
      'Publish',
      { TopicArn: 'arn:aws:sns:ap-northeast-1:111122223333:drill-notices', Subject: expect.any(String) },
    ],
  ]);
  const missing = Object.assign(new Error('Topic does not exist'), {
    name: 'NotFoundException',
    $fault: 'client',
    $metadata: { httpStatusCode: 404 },
  });
  const refused = await refusalOf(
    sendOver('topic', {
      aws: answering(() => {
        throw missing;
      }),
    }),
  );
  expect(refused).toMatchObject({ name: 'NotDelivered', passes: false });
  const silent = await refusalOf(
    sendOver('topic', {
      aws: answering(() => {
        throw new Error('socket hang up');
      }),
    }),
  );
  expect(silent).not.toBeInstanceOf(NotDelivered);
});

/** What a preflight is told of one channel; nothing where it works. */
async function reaching(
  name: keyof ReturnType<typeof everyChannel>,
  { http, smtp, change = {} }: { http?: string; smtp?: number; change?: object } = {},
): Promise<string | undefined> {
  const channel = { ...everyChannel(http, smtp)[name], ...change };
  const channels = liveChannels({
    topology: withChannels(topology, { [name]: channel }),
    clock: realClock(),
    aws: noAws,
  });
  return ((await refusalOf(channels.reach(name, new AbortController().signal))) as Error | undefined)?.message;
}

test('a preflight reaches the host of each service, and posts no message to it', async () => {
  const { url, received } = await httpService({ status: 404, body: 'no such page' });
  const found = await Promise.all(
    (['incidents', 'pager', 'teams', 'program'] as const).map((name) => reaching(name, { http: url })),
  );
  expect(found).toEqual([undefined, undefined, undefined, undefined]);
  expect(received.map(({ method, path, body }) => [method, path, body])).toEqual(Array(4).fill(['HEAD', '/', '']));
});

test('a preflight has Slack say whether it knows the token of a bot, and whether that may write', async () => {
  const scopes = (said: string) => ({ status: 200, body: '{"ok":true}', headers: { 'x-oauth-scopes': said } });
  const { url, received } = await httpService(
    scopes('channels:read,chat:write'),
    scopes('channels:read, chat:write.public'),
    { status: 200, body: '{"ok":false,"error":"invalid_auth"}' },
    { status: 200, body: '{"ok":true}' },
  );
  const asked = [];
  for (let time = 0; time < 4; time += 1) asked.push(await reaching('threads', { http: url }));
  expect(asked).toEqual([
    undefined,
    'The token of Slack lacks the scope chat:write.',
    'Slack refused it: invalid_auth.',
    undefined,
  ]);
  expect(received[0]).toMatchObject({
    path: '/slack/auth.test',
    headers: { authorization: 'Bearer bot-token-of-the-test' },
  });
});

test.each<[string, Parameters<typeof reaching>, RegExp]>([
  ['a host that refuses the connection', ['program', { http: 'http://127.0.0.1:9' }], /127\.0\.0\.1:9 .*refused/],
  ['a host that DNS does not know', ['program', { http: 'https://hooks.invalid' }], /hooks\.invalid cannot be reached/],
  [
    'a secret that is empty',
    ['pager', { change: { routingKey: { from: 'environment', variable: 'TEST_NOWHERE' } } }],
    /TEST_NOWHERE is empty/,
  ],
])('a preflight says so of %s', async (_, asked, told) => {
  expect(await reaching(...asked)).toMatch(told);
});

test('a preflight says so of a certificate that no authority vouches for, and of an address that is not encrypted', async () => {
  await certify(await makeAuthority(), ['127.0.0.1'], folder);
  const [key, cert] = ['server.key', 'server.crt'].map((name) => readFileSync(join(folder, name)));
  const server = createTlsServer({ key, cert }, (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('TEST_SLACK_URL', `https://127.0.0.1:${port}/services/slack-path-of-the-test`);
  const untrusted = await reaching('incidents');
  expect(untrusted).toMatch(/certificate or TLS was not accepted/);
  vi.stubEnv('TEST_SLACK_URL', 'http://hooks.slack.com/services/slack-path-of-the-test');
  const plain = await reaching('incidents');
  expect(plain).toMatch(/must be an https URL/);
  expect(`${untrusted} ${plain}`).not.toContain('slack-path-of-the-test');
});

test('a preflight greets the mail server and logs in, and sends no mail', async () => {
  const { port, mails, logins } = await smtpService();
  const login = { user: 'drills', password: { from: 'environment', variable: 'TEST_MAIL_PASSWORD' } };
  vi.stubEnv('TEST_MAIL_PASSWORD', 'mail-password-of-the-test');
  expect(await reaching('mail', { smtp: port, change: { login } })).toBeUndefined();
  expect(logins).toEqual(['drills mail-password-of-the-test']);
  vi.stubEnv('TEST_MAIL_PASSWORD', 'former-password-of-the-test');
  expect(await reaching('mail', { smtp: port, change: { login } })).toMatch(/^127\.0\.0\.1: Invalid login/);
  expect(await reaching('mail', { smtp: port, change: { tls: 'starttls' } })).toMatch(/STARTTLS/);
  expect(await reaching('mail', { smtp: 9 })).toMatch(/ECONNREFUSED/);
  expect(mails).toEqual([]);
});

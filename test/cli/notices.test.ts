import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.ts';
import { everyChannel, topologyFile } from '../notices/channels.ts';
import { drDrill, here, newFolder, runHere } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';

const SHIPPED = 'drills/topologies/ecommerce-platform.yaml';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A real HTTP server for every service, which takes everything. */
async function services() {
  const received: { path: string; body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.end(JSON.stringify({ ok: true, channel: 'C9', ts: String(received.length) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    TEST_SLACK_URL: `${url}/services/secret-of-slack`,
    TEST_SLACK_TOKEN: 'secret-token-of-slack',
    TEST_ROUTING_KEY: 'secret-routing-key-of-pagerduty',
    TEST_HOOK_SECRET: 'secret-of-the-webhook',
  };
  return { url, received, env };
}

test('notices shows what each channel would be sent for each event, and sends nothing', async () => {
  const topology = topologyFile(newFolder(), everyChannel());
  const { exitCode, out } = await here(['notices', topology, '--json']);
  expect(exitCode).toBe(0);
  const messages = JSON.parse(out) as { channel: string; about: string }[];
  const of = (name: string) => messages.filter(({ channel }) => channel === name).map(({ about }) => about);
  expect(of('incidents')).toEqual(['start', 'decision-wanted', 'decided', 'failure', 'held', 'end']);
  expect(of('pager')).toEqual(['decision-wanted', 'decided', 'failure', 'held', 'end']);
});

test('a topology without channels says where they are written', async () => {
  const { out } = await here(['notices', SHIPPED]);
  expect(out).toMatch(/No message would be sent\. Add channels under notices/);
});

test('--test sends one message; with PagerDuty its incident is resolved at once', async () => {
  const { url, received, env } = await services();
  const topology = topologyFile(newFolder(), everyChannel(url));
  const slack = await drDrill(['notices', topology, '--test', 'incidents'], { env });
  expect([slack.exitCode, slack.err]).toEqual([0, '']);
  expect(slack.out).toContain('incidents: This is a test of the channel incidents. No drill is running.');
  await drDrill(['notices', topology, '--test', 'pager'], { env });
  expect(received.map(({ body }) => body.event_action)).toEqual([undefined, 'trigger', 'resolve']);
});

test('--test ends with 1 where the message did not arrive, and with 2 where there is no such channel', async () => {
  const topology = topologyFile(newFolder(), everyChannel());
  const failed = await drDrill(['notices', topology, '--test', 'program'], {
    env: { TEST_HOOK_SECRET: 'secret-hook' },
  });
  expect([failed.exitCode, failed.err]).toEqual([
    1,
    expect.stringContaining('program: not sent: 127.0.0.1:1 cannot be reached'),
  ]);
  const missing = await here(['notices', topology, '--test', 'incident']);
  expect([missing.exitCode, missing.err]).toEqual([2, expect.stringContaining('Its channels are: incidents, threads')]);
});

test('--overdue tells which drills of a schedule are overdue, and nothing where none is', async () => {
  const { url, received, env } = await services();
  const folder = newFolder();
  const topology = topologyFile(folder, { incidents: everyChannel(url).incidents });
  const drill = join(folder, 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Now?' }).replace(/^topology: .*$/m, `topology: ${topology}`));
  const schedule = join(folder, 'schedule.yaml');
  writeFileSync(
    schedule,
    'schedule: year\nsince: 2026-01-01\nexercises:\n  - { drill: asking.yaml, every: month, week: 1, owner: ops }\n',
  );
  const words = ['notices', schedule, '--runs', join(folder, 'runs')];
  const early = await drDrill([...words, '--overdue', '--at', '2026-01-02'], { env });
  expect([early.exitCode, early.out]).toEqual([0, expect.stringContaining('Nothing was sent')]);
  const late = await drDrill([...words, '--overdue', '--at', '2026-02-02'], { env });
  expect([late.exitCode, late.err]).toEqual([0, '']);
  expect(received).toHaveLength(1);
  expect(JSON.stringify(received[0]?.body)).toContain('People are asked is overdue since 2026-01-07');
});

test('a live run tells its channels for real; no secret of theirs is in its folder, and a dead channel does not stop it', async () => {
  const { url, received, env } = await services();
  const folder = newFolder();
  const { threads, pager, program, teams } = everyChannel(url);
  const topology = topologyFile(folder, { threads, pager, program, teams }, SHIPPED);
  const drill = join(folder, 'asking.yaml');
  const asked = { question: 'Go on?', roles: ['on-call', 'team lead'], each: '2 s', otherwise: 'go-on' };
  writeFileSync(drill, askingDrill(asked).replace(/^topology: .*$/m, `topology: ${topology}`));
  const account = await liveAccount();
  const runs = join(folder, 'runs');
  const words = ['run', drill, '--live', '--confirm', 'asking', '--runs', runs, '--json'];
  const run = await drDrill(words, { env: { ...account.env, ...env } });
  const answer = JSON.parse(run.out) as { exitCode: number; run: string; report: { outcome: string; reason: string } };
  expect(answer.report).toMatchObject({ outcome: 'target-missed', reason: 'nothing was checked' });

  const journal = join(answer.run, 'journal.jsonl');
  const { entries } = readJournal(journal);
  const ended = entries.flatMap((one) => (one.type === 'notice' && one.state !== 'sending' ? [one] : []));
  const of = (name: string) =>
    ended.filter(({ channel }) => channel === name).map(({ about, state }) => `${about} ${state}`);
  // Each role that is asked in turn is told so.
  expect(of('threads')).toEqual([
    'start sent',
    'decision-wanted sent',
    'decision-wanted sent',
    'decided sent',
    'end sent',
  ]);
  expect(of('pager')).toEqual(['decision-wanted sent', 'decision-wanted sent', 'decided sent', 'end sent']);
  expect(of('teams')).toEqual([
    'start failed',
    'decision-wanted failed',
    'decision-wanted failed',
    'decided failed',
    'end failed',
  ]);
  const posts = received.filter(({ path }) => path === '/slack/chat.postMessage').map(({ body }) => body.thread_ts);
  expect([posts[0], new Set(posts.slice(1)).size]).toEqual([undefined, 1]);
  const written = ['journal.jsonl', 'report.html', 'report.json', 'report.md'].map((name) =>
    readFileSync(join(answer.run, name), 'utf8'),
  );
  for (const secret of Object.values(env))
    for (const text of [...written, run.out, run.err]) expect(text).not.toContain(secret);
  expect(written[1]).toContain('Notices');
});

test('a dry run says on the screen and in its report what it would have sent, and opens no connection', async () => {
  const topology = topologyFile(newFolder(), everyChannel());
  const { out } = await runHere(['drills/multi-region-failover.yaml', '--set', `topology=${topology}`]);
  expect(out).toMatch(/✉ Not sent: DRILL multi-region-failover, dry run: .*started {2}incidents, slack-webhook/);
});

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
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

/** A real HTTP server for every service, which takes everything; `received` are messages alone. */
async function services() {
  const received: { path: string; body: Record<string, unknown> }[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path = '' } = request;
      if (method === 'HEAD' || path === '/slack/auth.test') asked.push(`${method} ${path}`);
      else received.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()) });
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
  return { url, received, asked, env };
}

/** A schedule of these exercises, and the drill that asks people on a topology, which they name as `asking.yaml`. */
function year(folder: string, topology: string, exercises: string[]) {
  const drill = join(folder, 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Now?' }).replace(/^topology: .*$/m, `topology: ${topology}`));
  const schedule = join(folder, 'schedule.yaml');
  const lines = ['schedule: year', 'since: 2026-01-01', 'exercises:', ...exercises.map((one) => `  - ${one}`)];
  writeFileSync(schedule, `${lines.join('\n')}\n`);
  return { drill, schedule };
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
  const { schedule } = year(folder, topology, ['{ drill: asking.yaml, every: month, week: 1, owner: ops }']);
  const words = ['notices', schedule, '--runs', join(folder, 'runs')];
  const early = await drDrill([...words, '--overdue', '--at', '2026-01-02'], { env });
  expect([early.exitCode, early.out]).toEqual([0, expect.stringContaining('Nothing was sent')]);
  const late = await drDrill([...words, '--overdue', '--at', '2026-02-02'], { env });
  expect([late.exitCode, late.err]).toEqual([0, '']);
  expect(received).toHaveLength(1);
  expect(JSON.stringify(received[0]?.body)).toContain('People are asked is overdue since 2026-01-07');
});

test('--announce tells once, a week ahead, of a live drill: scope, roles, stakeholders and rollback', async () => {
  const { url, received, env } = await services();
  const folder = newFolder();
  const topology = topologyFile(folder, { program: everyChannel(url).program });
  const people = {
    ann: { name: 'Ann Li', roles: ['on-call'], key: '0'.repeat(64), contacts: { phone: '+886 2 1234' } },
    bea: { name: 'Bea Wu', roles: ['communications lead'], key: '1'.repeat(64) },
  };
  writeFileSync(topology, `${readFileSync(topology, 'utf8')}people: ${JSON.stringify(people)}\n`);
  const drill = join(folder, 'asking.yaml');
  const asks = askingDrill({ question: 'Go on?', roles: ['on-call'], each: '2 s', otherwise: 'go-on' });
  writeFileSync(drill, asks.replace(/^topology: .*$/m, `topology: ${topology}`));
  const schedule = join(folder, 'schedule.yaml');
  const exercises = ['counts: live, owner: ops', 'counts: rehearsal', 'counts: live'].map(
    (how, index) => `  - { drill: asking.yaml, ${index === 2 ? 'every: week' : 'every: quarter, month: 2'}, ${how} }\n`,
  );
  writeFileSync(schedule, `schedule: year\nsince: 2026-01-01\nexercises:\n${exercises.join('')}`);
  const announce = (day: string) =>
    drDrill(['notices', schedule, '--runs', join(folder, 'runs'), '--announce', '--at', day], { env });

  expect((await announce('2026-01-24')).out).toContain('Nothing was sent');
  expect(await announce('2026-01-25')).toMatchObject({ exitCode: 0, err: '' });
  expect((await announce('2026-01-26')).out).toContain('Nothing was sent');
  expect(received).toHaveLength(1);
  const text = JSON.stringify(received[0]?.body);
  for (const words of [
    'planned for 2026-02-01 to 2026-02-28, on the real account',
    'ap-northeast-1',
    'Ann Li (phone +886 2 1234)',
    'Ann Li, Bea Wu',
    'Rollback',
    'dr-drill plan',
  ])
    expect(text).toContain(words);
});

test('an announcement that did not arrive is sent again by the next call; a surprise is never announced', async () => {
  const folder = newFolder();
  const topology = topologyFile(folder, { program: everyChannel().program });
  const { schedule } = year(folder, topology, [
    '{ drill: asking.yaml, every: year, quarter: 2, counts: live }',
    `{ drill: ${join(process.cwd(), 'drills/surprise.yaml')}, every: year, quarter: 2, counts: live }`,
  ]);
  const announce = () =>
    drDrill(['notices', schedule, '--runs', join(folder, 'runs'), '--announce', '--at', '2026-03-28', '--json'], {
      env: { TEST_HOOK_SECRET: 'secret-hook' },
    });
  for (const attempt of [await announce(), await announce()]) {
    expect(attempt.exitCode).toBe(1);
    expect(JSON.parse(attempt.out)).toMatchObject([{ channel: 'program', about: 'announced', state: 'failed' }]);
  }
});

test('--overdue tells of debriefs and actions of drills in the schedule, too', async () => {
  const { url, received, env } = await services();
  const folder = newFolder();
  const topology = topologyFile(folder, { incidents: everyChannel(url).incidents });
  const { drill, schedule } = year(folder, topology, ['{ drill: asking.yaml, every: year, quarter: 4 }']);
  const runs = join(folder, 'runs');
  await here(['run', drill, '--runs', runs, '--quiet']);
  const index = join(runs, 'index.jsonl');
  const record = JSON.parse(readFileSync(index, 'utf8')) as { run: string };
  const late = { ...record, run: `${record.run}-2`, rehearsal: false, madeAt: '2026-01-05T01:00:00.000Z' };
  cpSync(join(runs, record.run), join(runs, late.run), { recursive: true });
  writeFileSync(index, `${JSON.stringify(record)}\n${JSON.stringify(late)}\n`);
  await here(['debrief', join(runs, record.run), '--action', 'Raise the quota; Mei-Ling Chen; 2026-01-10']);
  const told = await drDrill(['notices', schedule, '--runs', runs, '--overdue', '--at', '2026-02-02'], { env });
  expect([told.exitCode, told.err]).toEqual([0, '']);
  const texts = received.map(({ body }) => String(body.text));
  expect(texts).toEqual([
    expect.stringContaining(`Overdue: debrief of ${late.run}`),
    expect.stringContaining(
      `Overdue: action 1 of ${record.run}: Raise the quota (Mei-Ling Chen), was due by 2026-01-10`,
    ),
  ]);
});

test('a live preflight looks at every channel and sends nothing; what is wrong with one is a warning', async () => {
  const { url, received, asked, env } = await services();
  const folder = newFolder();
  const { threads, pager, topic, program, teams } = everyChannel(url);
  const topology = topologyFile(folder, { threads, pager, topic, program, teams }, SHIPPED);
  const drill = join(folder, 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Go on?' }).replace(/^topology: .*$/m, `topology: ${topology}`));
  const account = await liveAccount([], { path: drill });
  const preflight = await drDrill(['preflight', drill, '--live', '--json'], { env: { ...account.env, ...env } });
  const { rows, findings } = JSON.parse(preflight.out) as Record<'rows' | 'findings', Record<string, string>[]>;
  expect(preflight.exitCode).toBe(0);
  expect(rows.flatMap(({ what, account }) => (what?.startsWith('channel ') ? [`${what} ${account}`] : []))).toEqual([
    'channel threads reached',
    'channel pager reached',
    'channel topic there',
    'channel program reached',
    'channel teams not reached',
  ]);
  expect(findings.map(({ severity, what }) => `${severity}: ${what}`)).toEqual([
    'warning: the channel teams does not work: The environment variable TEST_TEAMS_URL is empty. A channel under notices in the topology refers to it.',
  ]);
  expect(received).toEqual([]);
  expect(asked.toSorted()).toEqual(['HEAD /', 'HEAD /', 'POST /slack/auth.test']);
  expect(account.world.state().topics.map(({ published }) => published)).toEqual([[]]);
  for (const secret of Object.values(env)) expect(preflight.out + preflight.err).not.toContain(secret);
});

test('the policy for a preflight allows to look at topics and to read secrets of channels; that for a run also to publish', async () => {
  const routingKey = { from: 'secrets-manager', secret: 'ops/notices', key: 'pagerduty' };
  const { pager, topic } = everyChannel();
  const topology = topologyFile(newFolder(), { pager: { ...pager, routingKey }, topic });
  const policy = async (purpose: string) =>
    (await here(['iam-policy', 'drills/multi-region-failover.yaml', '--set', `topology=${topology}`, '--for', purpose]))
      .out;
  const [preflight, live] = [await policy('preflight'), await policy('live')];
  for (const text of [preflight, live]) {
    expect(text).toContain('sns:GetTopicAttributes');
    expect(text).toContain(':drill-notices');
    expect(text).toContain('secret:ops/notices');
  }
  expect(live).toContain('sns:Publish');
  expect(preflight).not.toContain('sns:Publish');
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

import { request } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { type BoardServer, type ServeBoardOptions, serveBoard } from '../../src/board/serve.ts';
import { narrator } from '../../src/cli/narrate.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Entry } from '../../src/journal/events.ts';
import { drDrill, newFolder, runHere } from '../cli/command.ts';
import { dryRun, growingRun } from './journal.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function board(runs: string, options: Partial<ServeBoardOptions> = {}): Promise<BoardServer> {
  const served = await serveBoard({
    runs,
    listen: { host: '127.0.0.1', port: 0 },
    clock: realClock(),
    tell: () => narrator({ colour: false }),
    ...options,
  });
  open.push(served);
  return served;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Digest {
  id: string;
  nowMs: number;
  parts: Record<string, string>;
  /** Absent as long as the run has no first line. */
  feed?: { reset: boolean; items: string };
  lit?: { active: string[]; done: string[]; failed: string[] };
}

/** Someone who looks at a run as a browser does, with what was sent so far. */
async function viewer(url: string, run: string, headers: Record<string, string> = {}) {
  const digests: Digest[] = [];
  const parts: Record<string, string> = {};
  const heard = new Set<() => void>();
  const response = await fetch(`${url}/events?run=${run}`, { headers });
  const reader = response.body?.getReader();
  open.push({ close: () => reader?.cancel().catch(() => {}) });
  let text = '';
  void (async () => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += Buffer.from(part.value).toString('utf8');
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, id = '', data] = /^event: board\nid: (.*)\ndata: (.*)$/s.exec(event) ?? [];
        if (data === undefined) continue;
        digests.push({ id, ...JSON.parse(data) });
        Object.assign(parts, digests.at(-1)?.parts);
      }
      for (const one of heard) one();
    }
  })().catch(() => {});
  /** Waits until what was sent is as wanted. */
  const until = (isThere: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!isThere()) return;
        heard.delete(look);
        resolve();
      };
      heard.add(look);
      look();
    });
  const lines = () => digests.flatMap(({ feed }) => (feed?.items ?? '').split('</li>').slice(0, -1));
  return { status: response.status, digests, parts, lines, until, leave: () => reader?.cancel() };
}

const textOf = (html = ''): string => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

test('twenty viewers see a dry run go by, each change once', async () => {
  const runs = newFolder();
  const { url } = await board(runs);
  const ran = drDrill(['run', 'drills/replica-promotion.yaml', '--runs', runs, '--speed', '120', '--quiet']);
  const page = await firstPage(url);
  const viewers = await Promise.all(Array.from({ length: 20 }, () => viewer(url, page)));
  expect((await ran).exitCode).toBe(0);
  for (const one of viewers) {
    await one.until(() => (one.parts.headline ?? '').includes('Passed in rehearsal'));
    const lines = one.lines();
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.length).toBeGreaterThan(15);
    expect(one.digests.length).toBeGreaterThan(1);
  }
  const [first] = viewers;
  expect(textOf(first?.parts.figures)).toMatch(/Recovery time \(RTO\) .+ Target 5 min, promote to prove/);
  expect(first?.digests.flatMap(({ lit }) => lit?.active ?? [])).toContain('passed');
}, 120_000);

/** The run that a page shows, as soon as there is one. */
async function firstPage(url: string): Promise<string> {
  for (;;) {
    const [, run = ''] = /data-run="([^"]*)"/.exec(await (await fetch(url)).text()) ?? [];
    if (run !== '') return run;
    await realClock().sleep(100);
  }
}

test('the one who connects again gets only what is new', async () => {
  const entries = await dryRun('replica-promotion');
  const run = growingRun();
  run.write(entries.slice(0, 200));
  const { url } = await board(run.runs);
  const first = await viewer(url, run.name);
  await first.until(() => first.digests.length > 0);
  const seen = first.lines();
  await first.leave();
  run.write(entries.slice(200));
  const again = await viewer(url, run.name, { 'last-event-id': first.digests.at(-1)?.id ?? '' });
  await again.until(() => (again.parts.headline ?? '').includes('Passed'));
  expect(again.digests[0]?.feed?.reset).toBe(false);
  expect(again.lines().filter((line) => seen.includes(line))).toEqual([]);
  const fresh = await viewer(url, run.name);
  await fresh.until(() => fresh.digests.length > 0);
  expect(fresh.digests[0]?.feed?.reset).toBe(true);
  expect(new Set([...seen, ...again.lines()])).toEqual(new Set(fresh.lines()));
});

test('a journal of 50,000 events is shown in digests, with the last lines of its feed', async () => {
  const entries = await dryRun('multi-region-failover');
  const run = growingRun();
  const end = entries.at(-1) as Entry;
  const calls = entries.filter(({ type }) => type === 'call' || type === 'finding');
  const many = Array.from({ length: 50_000 }, (_, index) => ({
    ...(calls[index % calls.length] as Entry),
    seq: end.seq + index,
  }));
  run.write(entries.slice(0, -1));
  const { url } = await board(run.runs);
  const one = await viewer(url, run.name);
  await one.until(() => one.digests.length > 0);
  run.write(many);
  run.write([{ ...end, seq: end.seq + many.length }]);
  await one.until(() => (one.parts.headline ?? '').includes('Passed'));
  const bytes = one.digests.reduce((sum, digest) => sum + JSON.stringify(digest).length, 0);
  expect(bytes).toBeLessThan(1_000_000);
  for (const { feed } of one.digests) expect((feed?.items ?? '').split('</li>').length).toBeLessThanOrEqual(201);
}, 120_000);

test('a run of an hour takes no more memory at its end than after ten minutes', async () => {
  const entries = await dryRun('multi-region-failover');
  const run = growingRun();
  const repeated = entries.filter(({ type }) =>
    ['customers-probed', 'heartbeats-written', 'call', 'check'].includes(type),
  );
  const end = entries.at(-1) as Entry;
  run.write(entries.slice(0, -1));
  const { url } = await board(run.runs);
  const one = await viewer(url, run.name);
  await one.until(() => one.digests.length > 0);
  const heldMib: number[] = [];
  const PART_MS = 300_000;
  for (let part = 0; part < 12; part += 1) {
    // Two events in each second.
    const lines = Array.from({ length: PART_MS / 500 }, (_, at) => {
      const seq = end.seq + (part * PART_MS) / 500 + at;
      const ms = end.ms + part * PART_MS + at * 500;
      return { ...(repeated[seq % repeated.length] as Entry), seq, ms, at: new Date(ms).toISOString() };
    });
    const had = one.digests.at(-1)?.id;
    run.write(lines);
    await one.until(() => one.digests.at(-1)?.id !== had);
    if (part % 2 === 0) continue;
    one.digests.splice(0, one.digests.length - 1);
    collect();
    heldMib.push(process.memoryUsage().heapUsed / 1024 / 1024);
  }
  const [afterTen = 0] = heldMib;
  expect(heldMib).toHaveLength(6);
  expect(Math.max(...heldMib) - afterTen, heldMib.map(Math.round).join(', ')).toBeLessThan(5);
}, 120_000);

test('a journal that cannot be read is shown as such, beside the others', async () => {
  const entries = await dryRun('snapshot-restore');
  const run = growingRun();
  run.write(entries.slice(0, 50));
  run.writeText('no journal line\n');
  const page = textOf(await (await fetch((await board(run.runs)).url)).text());
  expect(page).toContain('Unreadable');
  expect(page).toContain('The journal cannot be read: line 51 is not a journal entry.');
});

test('a journal that makes no sense ends no board', async () => {
  const entries = await dryRun('snapshot-restore');
  const last = entries[49] as Entry;
  const strange = [
    { type: 'person-wanted' },
    { type: 'step-started', step: 'x', kind: 'people.approve', params: null },
    { type: 'customers-probed', of: 'public', stretches: 7 },
    { type: 'heartbeats', of: 'orders', instance: 'x', rows: [[null, null]] },
  ];
  for (const one of strange) {
    const run = growingRun();
    run.write(entries.slice(0, 50));
    run.writeText(`${JSON.stringify({ ...last, ...one, seq: 51 })}\n`);
    run.writeText(`${JSON.stringify({ ...last, type: 'approval-asked', step: 'x', role: 'y', seq: 52 })}\n`);
    const { url } = await board(run.runs);
    for (const path of ['', '', `/picture?run=${run.name}`]) expect((await fetch(url + path)).status).toBeLessThan(500);
  }
});

test('what a journal says is shown as text', async () => {
  const entries = await dryRun('snapshot-restore');
  const [header, ...others] = entries as [Extract<Entry, { type: 'run-started' }>, ...Entry[]];
  const run = growingRun();
  const title = '<img src=x onerror=alert(1)>';
  run.write([{ ...header, drill: { ...header.drill, title } }, ...others]);
  const { url } = await board(run.runs);
  expect(await (await fetch(url)).text()).not.toContain('<img');
  expect(await (await fetch(`${url}/picture?run=${run.name}`)).text()).not.toContain('<img');
});

const status = (
  url: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) =>
  new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ hostname, port, path, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

test('no other page may read the board or decide on it, and nothing is loaded from elsewhere', async () => {
  const { runs } = await runHere(['drills/snapshot-restore.yaml', '--quiet']);
  const taken: unknown[] = [];
  const decide = {
    mayDecide: () => true,
    async take(_: unknown, decision: unknown) {
      taken.push(decision);
      return 'Decided.';
    },
  };
  const { url } = await board(runs, { decide });
  const { text, headers } = await status(url, '/');
  const [, guard = ''] = /data-guard="([^"]+)"/.exec(text) ?? [];
  const own = { origin: url, 'content-type': 'application/json', 'x-dr-drill-board': guard };
  const asked = (changes: Record<string, string>, method = 'POST', body = '{}') =>
    status(url, '/decide', { method, headers: { ...own, ...changes }, body }).then((answer) => answer.status);

  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(await status(url, '/', { headers: { host: 'evil.example' } })).toMatchObject({ status: 403 });
  expect(await status(url, '/events', { headers: { origin: 'https://evil.example' } })).toMatchObject({ status: 403 });
  expect(
    await status(url, '/', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }),
  ).toMatchObject({ status: 403 });
  expect(await status(url, '/', { method: 'DELETE' })).toMatchObject({ status: 405 });
  expect(await asked({ origin: 'https://evil.example' })).toBe(403);
  expect(await asked({ origin: 'null' })).toBe(403);
  expect(await asked({ 'x-dr-drill-board': 'guessed' })).toBe(403);
  expect(await asked({ 'content-type': 'text/plain' })).toBe(415);
  expect(await asked({}, 'PUT')).toBe(405);
  expect(await asked({}, 'POST', '{"kind":"continue"}')).toBe(400);
  expect(await asked({}, 'POST', 'x'.repeat(20_000)).catch(() => 413)).toBe(413);
  const decision = { kind: 'continue', run: 'none', wait: 'held/1', choice: 'retry' };
  expect(await asked({}, 'POST', JSON.stringify(decision))).toBe(403);
  const [run = ''] = /data-run="([^"]+)"/.exec(text)?.slice(1) ?? [];
  expect(await asked({}, 'POST', JSON.stringify({ ...decision, run }))).toBe(409);
  expect(taken).toEqual([]);
});

test('where others can connect the board is shown to those who have its token', async () => {
  const { runs } = await runHere(['drills/snapshot-restore.yaml', '--quiet']);
  const token = 'a-token-that-nobody-can-guess';
  const { url } = await board(runs, { token });
  const signIn = (given: string, headers = {}) =>
    status(url, '/sign-in', {
      method: 'POST',
      headers: { origin: url, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token: given }),
    });
  expect(await status(url, '/')).toMatchObject({ status: 401, text: expect.stringContaining('Token of this board') });
  expect((await status(url, '/')).text).not.toContain('snapshot');
  expect(await status(url, '/events')).toMatchObject({ status: 401 });
  expect(await signIn('wrong')).toMatchObject({ status: 403 });
  expect(await signIn(token, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  const { headers } = await signIn(token);
  const [cookie = ''] = headers['set-cookie'] as string[];
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  expect(cookie).not.toContain(token);
  expect(await status(url, '/', { headers: { cookie: cookie.split(';')[0] ?? '' } })).toMatchObject({ status: 200 });
  expect(await status(url, '/', { headers: { cookie: 'dr-drill-board=guessed' } })).toMatchObject({ status: 401 });
});

test('a client that sends its headers too slowly is dropped', async () => {
  const { url } = await board(newFolder());
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('GET / HTTP/1.1\r\n');
  await new Promise((resolve) => socket.on('close', resolve).on('error', resolve).resume());
}, 20_000);

test('the command serves until it is told to end, and asks for a token where others can connect', async () => {
  const open = await drDrill(['board', '--listen', '0.0.0.0:0', '--runs', newFolder()]);
  expect(open).toMatchObject({ exitCode: 2, err: expect.stringContaining('--token-file') });
  const served = await drDrill(['board', '--listen', '127.0.0.1:0', '--runs', newFolder()], {
    watch: (out, kill) => {
      if (out.includes('http://127.0.0.1:')) kill('SIGTERM');
    },
  });
  expect(served).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^Board of .+ at http:\/\/127\.0\.0\.1:\d+\n$/),
  });
});

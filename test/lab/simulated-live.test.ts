import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openQuestion } from '../../src/board/open-question.ts';
import { readJournal } from '../../src/journal/journal.ts';
import type { Report } from '../../src/report/model.ts';
import { onlyRun } from './command.ts';

/** A few that show every port and kind of failure; `npm run lab:simulated` runs all. */
const SAMPLE = ['secrets-restore', 'object-store-recovery', 'configuration-restore', 'redis-global-failover'];
const ALL = readdirSync('drills').flatMap((name) => (name.endsWith('.yaml') ? [basename(name, '.yaml')] : []));

/** What takes hours in a drill file, and seconds here. Everything else goes as it ships. */
const SHORTER: Record<string, [shipped: string, here: string][]> = {
  'dynamodb-restore': [['lasts: 7 min', 'lasts: 20 s']],
  failback: [
    ['hold: 30 min', 'hold: 20 s'],
    ['hold: 10 min', 'hold: 20 s'],
    ['over: 10 min', 'over: 20 s'],
  ],
  surprise: [
    [
      'days: [monday, tuesday, wednesday, thursday]',
      'days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]',
    ],
    ['from: "10:00"', 'from: "00:00"'],
    ['until: "16:00"', 'until: "23:59"'],
    ['within: 14 d', 'within: 10 s'],
    ['ahead: 2 h', 'ahead: 1 s'],
  ],
};

/** What is over before a check has seen it, where AWS takes too short a time for it. */
const SPEED: Record<string, number> = { 'multi-az-failover': 1, surprise: 1 };

/** Much goes on in real time. */
const PATIENT = { timeout: 45 * 60_000 };

const folder = mkdtempSync(join(tmpdir(), 'dr-drill-simulated-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const main = resolve('dist/main.js');

/** Calls the built command as someone else: two who run at once do not share a lease. */
const drDrill = (home: string, args: string[]) => called(home, process.execPath, [main, ...args]);

function called(home: string, program: string, args: string[]): Promise<{ code: number | null; said: string }> {
  const env = { PATH: process.env.PATH, HOME: home, DR_DRILL_KEYS: join(home, 'keys') };
  const child = spawn(program, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  return new Promise((done) => child.on('close', (code) => done({ code, said })));
}

/** Says yes to whatever a run asks, as people would from another terminal. */
async function approveEverything(home: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await new Promise((done) => setTimeout(done, 500));
    const run = onlyRun(join(home, 'runs'));
    const journal = run && join(run, 'journal.jsonl');
    if (!journal || !existsSync(journal) || readFileSync(journal, 'utf8') === '') continue;
    if (openQuestion(readJournal(journal).entries)) await drDrill(home, ['approve', run, '--by', 'Test']);
  }
}

function drillFile(name: string, home: string): string {
  const shorter = SHORTER[name];
  if (!shorter) return `drills/${name}.yaml`;
  let text = readFileSync(`drills/${name}.yaml`, 'utf8');
  for (const [shipped, here] of shorter) {
    expect(text).toContain(shipped);
    text = text.replaceAll(shipped, here);
  }
  const path = join(home, `${name}.yaml`);
  writeFileSync(path, text.replace(/(?<=topology: |- )(?=topologies\/|[a-z-]+\.yaml$)/gm, `${resolve('drills')}/`));
  return path;
}

test.concurrent.each(process.env.SIMULATED === 'all' ? ALL : SAMPLE)(
  '%s runs live against the account that simulate serves for it',
  PATIENT,
  async (name) => {
    const home = mkdtempSync(join(folder, name));
    const people = new AbortController();
    const approving = approveEverything(home, people.signal);
    const path = drillFile(name, home);
    const begun = performance.now();
    const { code, said } = await drDrill(
      home,
      `simulate --drill ${path} --speed ${SPEED[name] ?? 60} -- ${process.execPath} ${main} run ${path} --live --confirm ${name}`.split(
        ' ',
      ),
    );
    people.abort();
    await approving;
    expect(onlyRun(join(home, 'runs')), said).toBeDefined();
    const { verdict }: Report = JSON.parse(
      readFileSync(join(onlyRun(join(home, 'runs')) ?? '', 'report.json'), 'utf8'),
    );
    console.info(`${name} | ${verdict.words} | ${Math.round((performance.now() - begun) / 1000)} s`);
    expect([code, verdict.reasons], said).toEqual([0, []]);
    expect(said).toMatch(/^NOT AWS: a run at 127\.0\.0\.1:\d+ proves nothing about the real account\.$/m);
  },
);

const PAGE = 'docs/src/content/docs/how-to/try-a-live-run.md';
const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)];
const textsIn = (language: string) => blocks.flatMap(([, of, text = '']) => (of === language ? text : []));
const typed = textsIn('sh');
const promised = textsIn('').flatMap((text) => text.split('\n'));

test('the page has commands, and says what they print', () => {
  expect([typed.length, promised.length]).toEqual([2, 2]);
});

test.concurrent.each(typed)(
  'what the page has one type works in an empty folder, and prints what it says: %s',
  PATIENT,
  async (command) => {
    const home = mkdtempSync(join(folder, 'page-'));
    const npx = `npx() { shift; "${process.execPath}" "${main}" "$@"; }`;
    // What `simulate` starts is no function of this shell.
    const here = command.replace('-- npx dr-drill', `-- "${process.execPath}" "${main}"`);
    const { code, said } = await called(home, 'sh', ['-c', `${npx}; ${here}`]);
    expect(code, said).toBe(0);
    for (const line of promised) expect(said).toContain(line);
  },
);

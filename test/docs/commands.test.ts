import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const TUTORIALS = 'docs/src/content/docs/tutorials';
const PAGES = [
  'README.md',
  ...['first-rehearsal', 'your-own-drill', 'first-live-preflight', 'first-evidence'].map(
    (name) => `${TUTORIALS}/${name}.md`,
  ),
];

interface Block {
  kind: 'commands' | 'promise';
  text: string;
}

/** What a reader types, and what the page says that he then sees. */
const blocksOf = (page: string) =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, language, text = '']): Block[] =>
      language === 'sh' ? [{ kind: 'commands', text }] : language === '' ? [{ kind: 'promise', text }] : [],
  );

let folder = '';
let servers: ChildProcess[] = [];

afterEach(() => {
  for (const server of servers) server.kill();
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

/** An empty folder in which `npx dr-drill` is this build, and npm has installed it already. */
function emptyFolder(): NodeJS.ProcessEnv {
  folder = mkdtempSync(join(tmpdir(), 'dr-drill-page-'));
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script('npx', `shift\nexec "${process.execPath}" "${resolve('dist/main.js')}" "$@"`);
  script('npm', 'exit 0');
  return {
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    HOME: folder,
    DR_DRILL_KEYS: join(folder, '.keys'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** A command that serves until it is stopped stays beside those that follow. */
async function begin(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  const server = spawn('sh', ['-c', `exec ${command}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  servers.push(server);
  await new Promise<void>((done, fail) => {
    server.stdout.on('data', (said: Buffer) => `${said}`.includes('http://') && done());
    server.once('exit', (code) => fail(new Error(`${command} ended with ${code}`)));
  });
}

test.each(PAGES)('what %s has one type works, and shows what the page says', async (page) => {
  const env = emptyFolder();
  const port = await freePort();
  let said = '';
  for (const { kind, text } of blocksOf(page)) {
    const here = text.replaceAll('4566', String(port));
    if (kind === 'promise') {
      // A page leaves out what does not matter to it: parts of lines, and lines between.
      const promised = here
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('npx '));
      for (const line of promised) expect(said).toContain(line);
      continue;
    }
    if (here.startsWith('npx dr-drill simulate')) {
      await begin(`${here.trim()} --listen 127.0.0.1:${port}`, env);
      continue;
    }
    const exported = /^export (.+)$/m.exec(here)?.[1];
    for (const pair of exported?.split(' ') ?? []) env[pair.split('=')[0] ?? ''] = pair.slice(pair.indexOf('=') + 1);
    if (exported !== undefined) continue;
    const { stdout, stderr } = spawnSync('sh', ['-c', here], { cwd: folder, env, encoding: 'utf8' });
    said = stdout + stderr;
    expect(said).not.toMatch(/^error: |^\s+at .*\.ts:|Unknown command/m);
  }
  expect(said).not.toBe('');
});

test('the README has at most 700 words', () => {
  expect(Number(execFileSync('wc', ['-w', 'README.md'], { encoding: 'utf8' }).split(' ')[0])).toBeLessThanOrEqual(700);
});

import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';

type Told = (words: string) => Promise<void>;

/** A live run that asks people; meanwhile someone does something in its folder. */
async function whileAsking(env: Record<string, string>, work: (folder: string, told: Told) => Promise<void>) {
  const runs = newFolder();
  const drill = join(newFolder(), 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Now?', roles: ['incident commander'], each: '60 s' }));
  const waiting: { words: string; done: () => void }[] = [];
  let heard = '';
  const told: Told = (words) =>
    new Promise((done) => {
      if (heard.includes(words)) done();
      else waiting.push({ words, done });
    });
  const working: Promise<void>[] = [];
  const answer = await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', runs], {
    env,
    watch(out, kill) {
      if (working.length > 0 || !out.includes('Now?')) return;
      const [name = ''] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
      working.push(
        work(join(runs, name), told).catch((error) => {
          kill('SIGKILL');
          throw error;
        }),
      );
    },
    hear(err) {
      heard = err;
      for (const one of waiting) if (err.includes(one.words)) one.done();
    },
  });
  await Promise.all(working);
  return answer;
}

async function account() {
  const { env } = await liveAccount();
  return env;
}

test('a request to abort counts only when the run has taken it', async () => {
  const env = await account();
  const { exitCode, out, err } = await whileAsking(env, async (folder) => {
    // Left by another tool, and not yet whole.
    writeFileSync(join(folder, 'abort-request.json'), '{"by": "An');
    writeFileSync(join(folder, 'abort-request.json'), '{"by": "Ann", "reason": "too risky today"}');
  });
  expect([exitCode, out, err]).toEqual([4, expect.stringContaining('requested by Ann: too risky today'), '']);
});

test('a request to abort that stays unreadable is told, and replaced by the next', async () => {
  const env = await account();
  const asked = await whileAsking(env, async (folder, told) => {
    writeFileSync(join(folder, 'abort-request.json'), '{"by": "An');
    await told('cannot be read');
    expect(await drDrill(['abort', folder, '--reason', 'again'], { env })).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('has taken the request'),
    });
  });
  expect([asked.exitCode, asked.out]).toEqual([4, expect.stringContaining('again')]);
});

test('a line that is no answer is told, and the next one is heard', async () => {
  const env = await account();
  const asked = await whileAsking(env, async (folder, told) => {
    appendFileSync(join(folder, 'answers.jsonl'), 'yes, go on\n{"by": "An');
    await told('answers.jsonl:1 cannot be read as an answer');
    expect(await drDrill(['approve', folder, '--by', 'Mei-Ling Chen'], { env })).toMatchObject({ exitCode: 0 });
  });
  expect([asked.out, asked.err]).toEqual([
    expect.stringContaining('Mei-Ling Chen'),
    expect.stringContaining('answers.jsonl:1'),
  ]);
});

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { shippedTopology } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';

/** A drill that holds: its first step changes something, and its second fails until someone has made a file. */
function holdingDrill(waitFor: string) {
  const folder = newFolder();
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, path] of [
    ['dr-drill', '.'],
    ['zod', 'node_modules/zod'],
  ] as const)
    symlinkSync(resolve(path), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const [made, fixed] = [join(folder, 'made'), join(folder, 'fixed')];
  writeFileSync(
    join(folder, 'steps.js'),
    `import { appendFileSync, existsSync } from 'node:fs';
import * as z from 'zod';
const nothing = z.object({});
const step = (kind, more) => ({
  kind, params: nothing, given: { schema: nothing, params: (given) => given }, needs: () => [], plane: 'data',
  title: () => kind, calls: [], permissions: () => [], command: () => 'touch ${fixed}', usuallyMs: () => 1000, ...more,
});
export const first = step('shop.first', {
  observe: async () => ({ done: existsSync('${made}'), state: null }),
  apply: async () => appendFileSync('${made}', 'once'), undo: async () => {}, undoCommand: () => 'rm ${made}',
});
export const second = step('shop.second', {
  observe: async () => ({ done: existsSync('${fixed}'), state: null }),
  apply: async () => { if (!existsSync('${fixed}')) throw new Error('it is not fixed yet'); },
  settle: async (_, { record }) => record({ type: 'check', check: 'fixed', layer: 'verification', critical: true, ok: true, detail: '' }),
});
`,
  );
  const drill = join(folder, 'holding.yaml');
  writeFileSync(
    drill,
    `drill: holding
title: A step fails until it is fixed
machine: custom
topology: ${shippedTopology}
targets: { rto: null, rpo: null }
steps: [steps.js]
onFailure: hold
held: { waitFor: ${waitFor} }
phases:
  - phase: work
    steps:
      - { step: one, uses: shop.first }
      - { step: two, uses: shop.second }
`,
  );
  return { drill, fix: () => writeFileSync(fixed, ''), made: () => readFileSync(made, 'utf8') };
}

const folderIn = (runs: string): string =>
  join(runs, readdirSync(runs).find((name) => name !== 'index.jsonl') ?? 'none');

const journalOf = (run: string): Entry[] =>
  readFileSync(join(run, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

test('a held live run waits, and goes on from another terminal when a person has fixed what failed', async () => {
  const { env } = await liveAccount();
  const { drill, fix, made } = holdingDrill('2 min');
  const runs = newFolder();
  let other: Promise<void> | undefined;
  const asked: string[] = [];
  const elsewhere = async () => {
    const run = folderIn(runs);
    const shown = await drDrill(['continue', run], { env });
    asked.push(shown.out);
    const skipped = await drDrill(['continue', run, '--skip', 'one', '--why', 'x'], { env });
    asked.push(skipped.err);
    fix();
    const retried = await drDrill(['continue', run, '--retry', '--why', 'the file is there now', '--by', 'Ann Lee'], {
      env,
    });
    asked.push(retried.out);
  };
  const { exitCode, out } = await drDrill(['run', drill, '--live', '--confirm', 'holding', '--runs', runs], {
    env,
    watch(shown) {
      if (shown.includes('waits for a decision')) other ??= elsewhere();
    },
  });
  await other;
  expect([exitCode, out]).toEqual([0, expect.stringContaining('Ann Lee: retry')]);
  expect(made()).toBe('once');
  const [shown, skipped, retried] = asked;
  expect(shown).toContain('it is not fixed yet');
  expect(shown).toContain('--retry');
  expect(skipped).toContain('one is none of the steps that did not succeed: two');
  expect(retried).toContain('continues: retry, decided by Ann Lee');
});

test('a run that ended while it was held is opened again, and every seal of it can be verified', async () => {
  const { env } = await liveAccount();
  const { drill, fix, made } = holdingDrill('0 s');
  const runs = newFolder();
  const keys = { ...env, DR_DRILL_KEYS: newFolder() };
  const ended = await drDrill(['run', drill, '--live', '--confirm', 'holding', '--runs', runs], { env: keys });
  expect(ended.exitCode).toBe(3);
  const run = folderIn(runs);
  fix();
  const unconfirmed = await drDrill(['continue', run, '--retry', '--load-steps'], { env: keys });
  expect([unconfirmed.exitCode, unconfirmed.err]).toEqual([2, expect.stringContaining('--confirm holding')]);
  expect(existsSync(join(run, 'sealed-1'))).toBe(false);
  const again = await drDrill(['continue', run, '--retry', '--load-steps', '--confirm', 'holding'], { env: keys });
  expect([again.exitCode, again.err]).toEqual([0, expect.stringContaining('Runs the code of')]);
  expect(made()).toBe('once');
  const types = journalOf(run).map(({ type }) => type);
  expect(types.filter((type) => type === 'run-ended')).toHaveLength(2);
  for (const sealed of [run, join(run, 'sealed-1')]) {
    const { exitCode, out } = await drDrill(['verify', sealed], { env: keys });
    expect([exitCode, out]).toEqual([0, expect.stringContaining('the key of this machine')]);
  }
  const over = await drDrill(['continue', run, '--retry'], { env: keys });
  expect([over.exitCode, over.err]).toEqual([2, expect.stringContaining('this run can only be continued with')]);
});

test('a run whose process was killed while it was held is led on by the person who continues it', async () => {
  const { env } = await liveAccount();
  const { drill, fix, made } = holdingDrill('2 min');
  const runs = newFolder();
  await drDrill(['run', drill, '--live', '--confirm', 'holding', '--runs', runs], {
    env,
    watch(shown, kill) {
      if (shown.includes('waits for a decision')) kill('SIGKILL');
    },
  });
  fix();
  const run = folderIn(runs);
  const led = await drDrill(['continue', run, '--take-over', 'two', '--load-steps'], { env });
  expect([led.exitCode, led.err]).toEqual([0, expect.stringContaining('No process leads')]);
  expect(made()).toBe('once');
  expect(journalOf(run).filter(({ type }) => type === 'continued')).toHaveLength(1);
}, 120_000);

test('a second decision about one wait does not decide the next one', async () => {
  const { env } = await liveAccount();
  const { drill, fix } = holdingDrill('2 min');
  const runs = newFolder();
  let waits = 0;
  let other: Promise<unknown> = Promise.resolve();
  const { exitCode, out } = await drDrill(['run', drill, '--live', '--confirm', 'holding', '--runs', runs], {
    env,
    watch(shown) {
      const now = shown.split('waits for a decision').length - 1;
      if (now === waits) return;
      waits = now;
      const run = folderIn(runs);
      const at = new Date().toISOString();
      const line = (by: string, choice: string) => `${JSON.stringify({ at, choice, by, through: 'command' })}\n`;
      if (waits === 1)
        appendFileSync(join(run, 'continuations.jsonl'), line('Ann Lee', 'retry') + line('Bo', 'give-up'));
      if (waits > 1) fix();
      if (waits > 1) other = drDrill(['continue', run, '--retry'], { env });
    },
  });
  await other;
  expect([exitCode, out]).toEqual([
    0,
    expect.stringMatching(/Bo: give-up is not carried out: it was made at .* before/),
  ]);
});

test('what cannot be continued is told so', async () => {
  const missing = await drDrill(['continue', join(newFolder(), 'nothing')]);
  expect([missing.exitCode, missing.err]).toEqual([2, expect.stringContaining('There is no run in')]);
  const runs = newFolder();
  await drDrill(['run', 'drills/tabletop.yaml', '--quiet', '--runs', runs]);
  const dry = await drDrill(['continue', folderIn(runs), '--retry']);
  expect([dry.exitCode, dry.err]).toEqual([2, expect.stringContaining('simulation.whenHeld')]);
  const both = await drDrill(['continue', folderIn(runs), '--retry', '--give-up']);
  expect(both.exitCode).toBe(2);
});

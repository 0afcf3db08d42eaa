import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { drDrill, here, newFolder, runDrill, runHere } from './command.ts';

const folder = newFolder();
mkdirSync(join(folder, 'node_modules'));
symlinkSync(resolve('.'), join(folder, 'node_modules/dr-drill'));
symlinkSync(resolve('node_modules/zod'), join(folder, 'node_modules/zod'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');

let count = 0;

/** A drill whose first step can be undone, and whose second is the user's own with some members that are as they should not be. */
function drillWith(members: string, { top = '', uses = 'bad', from = 'zod' } = {}): string {
  count += 1;
  const module = join(folder, `steps-${count}.js`);
  writeFileSync(
    module,
    `import ${from === 'zod' ? '* as z from "zod"' : '{ z } from "dr-drill"'};
${top}
const nothing = z.object({});
const step = (kind, more) => ({
  kind: 'shop.' + kind + '-${count}', params: nothing, given: { schema: nothing, params: (given) => given }, needs: () => [], plane: 'data',
  title: () => kind, calls: [], permissions: () => [], command: () => 'true', usuallyMs: () => 1000,
  observe: async () => ({ done: false, state: null }), ...more,
});
export const good = step('good', { apply: async () => {}, undo: async () => {}, undoCommand: () => 'false' });
export const bad = step('bad', { ${members} });
`,
  );
  const drill = join(folder, `drill-${count}.yaml`);
  writeFileSync(
    drill,
    `drill: own-${count}
title: A step of the user's own
topology: ${resolve('drills/topologies/ecommerce-platform.yaml')}
machine: custom
steps: [steps-${count}.js]
targets: { rto: null, rpo: null }
phases:
  - phase: first
    steps:
      - { step: one, uses: shop.good-${count} }
      - { step: two, uses: shop.${uses}-${count}, deadline: 2 min }
`,
  );
  return drill;
}

const entriesOf = (text: string): Entry[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

/** How the two steps of such a run ended, and the first one's undo. */
function ends(journal: string) {
  const entries = entriesOf(journal);
  const two = entries.find((entry) => entry.type === 'step-ended' && entry.step === 'two');
  const undone = entries.find((entry) => entry.type === 'undo-ended' && entry.step === 'one');
  return {
    two: two?.type === 'step-ended' ? [two.outcome, two.error?.message ?? ''] : [],
    undone: undone?.type === 'undo-ended' ? undone.outcome : undefined,
    end: entries.at(-1),
  };
}

describe('a step of the user’s own fails in words, and what was done before it is undone', () => {
  test.each([
    ['never settles', 'observe: () => new Promise(() => {})', 'deadline', ''],
    ['never settles as it applies', 'apply: () => new Promise(() => {})', 'deadline', ''],
    ['throws at once', 'observe() { throw new Error("no room") }', 'failed', 'no room'],
    ['throws null', 'observe: async () => { throw null }', 'failed', 'observe throws null'],
    ['throws undefined', 'apply: async () => { throw undefined }', 'failed', 'apply throws undefined'],
    ['throws a text', 'settle: async () => { throw "no" }', 'failed', 'settle throws no'],
    ['throws a symbol', 'settle: async () => { throw Symbol("s") }', 'failed', 'settle throws Symbol(s)'],
    [
      'throws an error that cannot be read',
      'settle: async () => { throw Object.create(Error.prototype, { message: { get() { throw 1 } } }) }',
      'failed',
      'strange error',
    ],
    ['throws a long text', 'settle: async () => { throw new Error("x".repeat(1e6)) }', 'failed', 'xxx'],
    ['gives nothing', 'observe: async () => {}', 'failed', 'observe gives no { done'],
    ['gives what is no observation', 'observe: async () => ({ done: "yes" })', 'failed', 'observe gives no { done'],
    ['gives a BigInt', 'settle: async () => ({ a: [1n] })', 'failed', 'settle gives what is no JSON (a.0 is a bigint)'],
    ['gives itself', 'settle: async () => { const a = {}; a.a = a; return a }', 'failed', '(a contains itself)'],
    ['gives a function', 'apply: async () => ({ a() {} })', 'failed', '(a is a function)'],
    ['gives a date', 'settle: async () => ({ at: new Date(0) })', 'failed', '(at is a Date)'],
    ['gives no number', 'settle: async () => ({ n: 0 / 0 })', 'failed', '(n is NaN)'],
    ['gives too much', 'settle: async () => "x".repeat(2e6)', 'failed', 'the limit is 1,000,000'],
    [
      'gives what is too deep',
      'settle: async () => { let a = {}; for (let i = 0; i < 1e5; i++) a = { a }; return a }',
      'failed',
      'levels deep',
    ],
  ])('that %s', async (_, members, outcome, message) => {
    const { exitCode, err, read } = await runHere([drillWith(members), '--quiet']);
    const { two, undone, end } = ends(read('journal.jsonl'));
    expect(two).toEqual([outcome, expect.stringContaining(message)]);
    expect([exitCode, undone, end]).toMatchObject([3, 'ok', { type: 'run-ended', outcome: 'rolled-back' }]);
    expect(err).not.toContain('defect');
  });

  test.each([
    ['never settles', 'undo: () => new Promise(() => {})', 'not undone within'],
    ['throws null', 'undo: async () => { throw null }', 'undo throws null'],
    ['throws at once', 'undo() { throw new Error("no room") }', 'no room'],
  ])('whose undo %s', async (_, members, message) => {
    const failing = `apply: async () => {}, settle: async () => { throw new Error("no") }, undoCommand: () => "x"`;
    const { exitCode, read } = await runHere([drillWith(`${failing}, ${members}`), '--quiet']);
    const entries = entriesOf(read('journal.jsonl'));
    expect(entries.find((entry) => entry.type === 'undo-ended' && entry.step === 'two')).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringContaining(message) },
    });
    expect(ends(read('journal.jsonl')).undone).toBe('ok');
    expect(exitCode).toBe(3);
  });

  test('whose title and command are none: it is named by its kind, and goes on', async () => {
    const members = 'title: () => { throw null }, command: () => 7, observe: async () => ({ done: true, state: 1 })';
    const { exitCode, read } = await runHere([drillWith(members), '--quiet']);
    // The drill checks nothing, which is no success.
    expect([exitCode, ends(read('journal.jsonl')).two]).toEqual([1, ['ok', '']]);
    const started = entriesOf(read('journal.jsonl')).find(
      (entry) => entry.type === 'step-started' && entry.step === 'two',
    );
    expect(started).toMatchObject({ title: expect.stringContaining('shop.bad'), command: expect.any(String) });
  });
});

test.each([
  ['observe: 7', 'its observe is no function'],
  ['apply: "x"', 'its apply is no function'],
  ['needs: 7', 'its needs is no function'],
  ['calls: 7', 'its calls are no list'],
  ['params: {}', 'its params is no schema'],
  ['plane: "air"', 'its plane is neither'],
  ['undo: async () => {}', 'no undoCommand'],
  ['undoWithinMs: NaN', 'its undoWithinMs'],
  ['permissions: () => { throw null }', 'its permissions fails: null'],
  ['usuallyMs: () => "soon"', 'its usuallyMs gives soon'],
  ['needs: () => ({ then: 1n })', 'its needs cannot be used'],
  ['region: () => 7', 'its region gives 7'],
])('a step with %s is refused as the drill is loaded', async (members, message) => {
  const { exitCode, err } = await runHere([drillWith(members)]).catch(() => here(['run', drillWith(members)]));
  expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
});

describe('in a process', () => {
  test.each([
    [
      'a timer',
      'settle: async () => { setTimeout(() => { throw new Error("too late") }, 1); await wait(100); return 1 }',
    ],
    ['a promise that nobody awaits', 'settle: async () => { Promise.reject(null); await wait(100); return 1 }'],
  ])('what %s throws later fails the step that is under way', async (_, members) => {
    const top = 'const wait = (ms) => new Promise((done) => setTimeout(done, ms));';
    const drill = drillWith(members, { top, from: 'dr-drill' });
    const { exitCode, err, read } = await runDrill([drill, '--quiet', '--speed', '100']);
    const { two, undone } = ends(read('journal.jsonl'));
    expect([exitCode, two, undone]).toEqual([
      3,
      ['failed', expect.stringContaining('threw where nothing waited for it')],
      'ok',
    ]);
    expect(err).not.toContain('defect');
  });

  test('one that ends the process, or holds it open, does neither', async () => {
    const drill = drillWith('settle: async () => { setInterval(() => {}, 1000); process.exit(0) }', {
      from: 'dr-drill',
    });
    const { exitCode, read } = await runDrill([drill, '--quiet']);
    expect([exitCode, ends(read('journal.jsonl')).two]).toEqual([
      3,
      ['failed', expect.stringContaining('may not end the process')],
    ]);
  });

  test('Ctrl-C ends a step that never settles, and undoes', async () => {
    const drill = drillWith('observe: () => new Promise(() => {})', { from: 'dr-drill' });
    const runs = newFolder();
    let isAsked = false;
    const { exitCode, out } = await drDrill(['run', drill, '--speed', '10', '--runs', runs], {
      watch: (said, kill) => {
        if (isAsked || !said.includes('✔ good')) return;
        isAsked = true;
        kill('SIGINT');
      },
    });
    expect([exitCode, out]).toEqual([4, expect.stringContaining('Aborted in rehearsal')]);
  });
});

test('a second Ctrl-C ends the process at once, with what was changed as it is', async () => {
  const drill = drillWith('observe: () => new Promise(() => {})', { from: 'dr-drill' });
  let asked = 0;
  const { exitCode, err } = await drDrill(['run', drill, '--speed', '10', '--runs', newFolder()], {
    watch: (said, kill) => {
      if (asked > 0 || !said.includes('✔ good')) return;
      asked = 1;
      kill('SIGINT');
    },
    hear: (_said, kill) => {
      if (asked !== 1) return;
      asked = 2;
      kill('SIGINT');
    },
  });
  expect([asked, exitCode]).toEqual([2, 130]);
  expect(err).toContain('Press Ctrl-C again to stop now and leave everything as it is');
  expect(err).toContain('Stopped. A dry run changes nothing outside this machine.');
  expect(err).not.toMatch(/defect|^ +at /m);
});

describe('a module is run only by what runs the drill', () => {
  const marker = (name: string) => join(folder, name);
  const marking = (name: string) =>
    drillWith('observe: async () => ({ done: true, state: 1 })', {
      top: `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(marker(name))}, String(process.env.AWS_SECRET_ACCESS_KEY));`,
      from: 'dr-drill',
    });

  test.each([
    ['validate', []],
    ['plan', []],
    ['plan', ['--json']],
    ['graph', []],
    ['iam-policy', []],
    ['preflight', []],
  ])('%s %j does not, and says which it did not load', async (command, more) => {
    const drill = marking('read');
    const { exitCode, out, err } = await here([command, drill, ...more]);
    expect([exitCode, existsSync(marker('read'))]).toEqual([0, false]);
    expect(`${out}${err}`).toMatch(more.length > 0 ? /"notLoaded": \[/ : /Not loaded: \S+steps-\d+\.js/);
  });

  test('list does not either', async () => {
    const drills = newFolder();
    const drill = marking('listed');
    symlinkSync(drill, join(drills, 'own.yaml'));
    symlinkSync(join(folder, `steps-${count}.js`), join(drills, `steps-${count}.js`));
    const { out } = await here(['list', drills]);
    expect(out).toContain('not loaded: ');
    expect(existsSync(marker('listed'))).toBe(false);
  });

  test('with --load-steps a process of its own runs it, without AWS credentials', async () => {
    const drill = marking('loaded');
    const env = { AWS_SECRET_ACCESS_KEY: 'a-secret-of-forty-characters-0123456789ab' };
    const { exitCode, out } = await drDrill(['plan', drill, '--load-steps'], { env });
    expect([exitCode, out]).toEqual([0, expect.not.stringContaining('Not loaded')]);
    expect(existsSync(marker('loaded'))).toBe(true);
    expect(readFileSync(marker('loaded'), 'utf8')).toBe('undefined');
  });

  test.each([
    ['ends the process', 'process.exit(0)'],
    ['kills the process', 'process.kill(process.pid, "SIGKILL")'],
    ['throws', 'throw null'],
  ])('with --load-steps, one that %s is told', async (_, top) => {
    const { exitCode, err } = await drDrill(['validate', drillWith('', { top, from: 'dr-drill' }), '--load-steps']);
    expect([exitCode, err]).toEqual([2, expect.not.stringContaining('defect')]);
    expect(err).not.toBe('');
  });

  test('run says which it runs', async () => {
    const drill = marking('run');
    const { err } = await runHere([drill, '--quiet']);
    expect([existsSync(marker('run')), err]).toEqual([
      true,
      expect.stringMatching(/^Runs the code of \S+steps-\d+\.js/),
    ]);
  });
});

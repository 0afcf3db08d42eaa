// Measures what a user waits for, and prints a table: `npm run bench`, or `npm run bench -- --short` for CI.
// Ratios are taken within one run, as machines are noisy. The table is for people; with `--check` a goal that is missed by more
// than half fails. `npm run bench -- --against <folder>` measures the dry run of another checkout, built there, in turn with this one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, root } from './bundle.mjs';

const { values: options } = parseArgs({
  options: { short: { type: 'boolean' }, check: { type: 'boolean' }, against: { type: 'string' } },
});
const { short, check: checks } = options;
const against = options.against === undefined ? undefined : resolve(options.against);
const starts = short ? 5 : 21;
const drills = short ? { counted: 50, grown: 100 } : { counted: 1_000, grown: 5_000 };

/** As many runs as a platform leaves in some years. */
const RUNS = 5_000;

/** A goal that is missed by more than this is no accident of the machine. */
const FAR = 1.5;
let farMissed = false;

const quietSdk = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

process.chdir(root);
// As deep as the sources lie, so that what is bundled there finds the data checks that come with the tool.
const folder = mkdtempSync(join(root, 'node_modules', 'bench-'));
try {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'ignore' });
  const commands = {
    bare: ['-e', '0'],
    help: ['dist/main.js', '--help'],
    run: dryRun(root),
    ...(against && { other: dryRun(against) }),
  };
  const { times, userTimes } = interleaved(commands);
  const { bare, help, run } = times;
  const many = await manyDrills();
  const long = await longRun();
  const history = manyRuns();
  const rows = [
    ['bare `node -e 0`, whole process', ms(bare), '', ''],
    ['dry run, whole process', ms(run), ...ratio(run / bare, 6)],
    ['dry run, user processor time', ms(userTimes.run), ...ratio(userTimes.run / userTimes.bare, 4.5)],
    ...(against ? [[`the same in ${against}`, ms(userTimes.other), ...asMuch(userTimes.run / userTimes.other)]] : []),
    ['--help, whole process', ms(help), ...ratio(help / bare, 2.5)],
    [
      'virtual drills per second, one process',
      many.perSecond.toFixed(0),
      'at least 150',
      verdict(150 / many.perSecond),
    ],
    ['processor time per drill', ms(many.cpuMsPerDrill), '', ''],
    ['AWS calls per drill', `${many.calls.median} (${many.calls.least} to ${many.calls.most})`, '', ''],
    ['peak memory, one dry run', megabytes(peakBytes(commands.run)), '', ''],
    [`peak memory, ${many.drills} drills in one process`, megabytes(many.peakBytes), '', ''],
    [
      `growth of the heap over ${many.drills} drills`,
      `${megabytes(many.grownBytes)} of ${megabytes(many.heapBytes)}`,
      'flat',
      verdict(many.grownBytes / (many.heapBytes * 0.05)),
    ],
    [`report of ${long.events} events, ${megabytes(long.bytes)}, whole process`, ...within(long.report, 1_500)],
    ['peak memory of that', megabytes(long.peakBytes), 'under 300 MB', verdict(long.peakBytes / (300 * 1024 * 1024))],
    ['verify of the same, whole process', ...within(long.verify, 1_000)],
    [`history of ${RUNS} runs, with its page, whole process`, ...within(history, 2_000)],
  ];
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, median of ${starts} starts\n`);
  print([['', 'measured', 'goal', ''], ...rows]);
  if (checks && farMissed) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A dry run of a checkout's own drill file by its own build. */
function dryRun(checkout) {
  const at = (path) => join(checkout, path);
  return [at('dist/main.js'), 'run', at('drills/multi-region-failover.yaml'), '--quiet', '--runs', folder];
}

/** Starts each command in turn, again and again, so that a slow moment of the machine meets all of them; milliseconds. */
function interleaved(commands, rounds = starts) {
  const names = Object.keys(commands);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) for (const name of names) samples[name].push(started(commands[name]));
  const medians = (of) => Object.fromEntries(names.map((name) => [name, median(samples[name].map(of))]));
  return { times: medians(({ tookMs }) => tookMs), userTimes: medians(({ userCPUTime }) => userCPUTime / 1_000) };
}

/** Runs a command to its end: how long it took, and what Node says that it used. */
function started(args) {
  const reporter = join(folder, 'used.cjs');
  const report = "process.on('exit', () => fs.writeSync(3, JSON.stringify(process.resourceUsage())));";
  // A second thread of the command loads this, too.
  writeFileSync(
    reporter,
    `const fs = require('node:fs');\nif (require('node:worker_threads').isMainThread) ${report}\n`,
  );
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe'];
  const startMs = performance.now();
  const { output, status } = spawnSync(process.execPath, ['--require', reporter, ...args], { stdio, encoding: 'utf8' });
  const tookMs = performance.now() - startMs;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return { tookMs, ...JSON.parse(output[3]) };
}

/** The most memory that a process had. */
function peakBytes(args) {
  return started(args).maxRSS * 1024;
}

/** Reports and verifies a run that is as long as they come. */
async function longRun() {
  await compiled('scripts/long-run.ts');
  const run = join(folder, 'long', 'run');
  const told = JSON.parse(
    execFileSync(process.execPath, [join(folder, 'long-run.js'), run], { encoding: 'utf8', env: quietSdk }),
  );
  const commands = {
    report: ['dist/main.js', 'report', run, '--output', join(folder, 'long', 'again')],
    verify: ['dist/main.js', 'verify', run],
  };
  return { ...told, ...interleaved(commands, Math.ceil(starts / 4)).times, peakBytes: peakBytes(commands.report) };
}

/** Shows the history of a folder of many runs: what the index remembered of real ones, on one day after the other. */
function manyRuns() {
  const some = join(folder, 'some');
  const dryRun = ['dist/main.js', 'run', 'drills/snapshot-restore.yaml', 'drills/failback.yaml', '--runs', some];
  execFileSync(process.execPath, dryRun, { stdio: 'ignore' });
  const records = readFileSync(join(some, 'index.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const many = join(folder, 'many');
  const lines = Array.from({ length: RUNS }, (_, n) => {
    const record = records[n % records.length];
    const madeAt = new Date(Date.UTC(2026, 0, 1) + n * 3_600_000).toISOString();
    const run = `${madeAt.slice(0, 19).replaceAll(':', '-')}Z-${record.drill}`;
    mkdirSync(join(many, run), { recursive: true });
    return JSON.stringify({ ...record, run, madeAt, rtoMs: record.rtoMs + (n % 60) * 100 });
  });
  writeFileSync(join(many, 'index.jsonl'), `${lines.join('\n')}\n`);
  const show = ['dist/main.js', 'history', '--runs', many, '--html', join(folder, 'history.html')];
  return interleaved({ show }, Math.ceil(starts / 4)).times.show;
}

/** Runs the same drill with many seeds in a process of its own. */
async function manyDrills() {
  await compiled('scripts/many-drills.ts');
  const args = ['--expose-gc', join(folder, 'many-drills.js'), JSON.stringify(drills)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env: quietSdk }));
}

async function compiled(script) {
  for (const { path, code } of await bundle(script)) writeFileSync(join(folder, basename(path)), code);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

function within(timeMs, mostMs) {
  return [ms(timeMs), `under ${mostMs} ms`, verdict(timeMs / mostMs)];
}

function ratio(times, most) {
  return [`at most ${most} times bare node: ${times.toFixed(1)}`, verdict(times / most)];
}

function asMuch(times) {
  return [`no more than there: ${times.toFixed(2)} times`, verdict(times)];
}

/** @param share how much of what the goal allows was used */
function verdict(share) {
  if (share > FAR) farMissed = true;
  return share <= 1 ? 'met' : 'MISSED';
}

function ms(value) {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function megabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

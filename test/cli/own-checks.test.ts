import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder, runDrill, runHere } from './command.ts';

const section = readFileSync('docs/src/content/docs/how-to/data-checks.md', 'utf8');
const block = (kind: string) => new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '';
const TITLE = 'Nothing was delivered that has no items';

/** The documentation's example beside a drill that ships. */
function example(sql = block('sql')): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'my-checks'));
  writeFileSync(join(folder, 'my-checks', 'delivered-orders.sql'), sql);
  const topology = resolve('drills/topologies/ecommerce-platform.yaml');
  const drill = readFileSync('drills/snapshot-restore.yaml', 'utf8').replace(
    'topologies/ecommerce-platform.yaml',
    topology,
  );
  const path = join(folder, 'drill.yaml');
  writeFileSync(path, `${drill}\n${block('yaml')}`);
  return path;
}

test('the documentation’s own check is read, planned, and in a dry run reported as not made in every report', async () => {
  const path = example();
  expect((await here(['validate', path])).exitCode).toBe(0);
  const { out: plan } = await drDrill(['plan', path]);
  expect(plan).toMatch(/contents compared +order_items\n/);
  expect(plan).toContain(`delivered-orders         ${TITLE}: no rows, your own`);

  const { exitCode, out, read } = await runDrill([path, '--format', 'json', 'md', 'html', 'junit', 'oscal']);
  expect([exitCode, out]).toEqual([
    0,
    expect.stringContaining('the data passed the 13 checks that were made, 1 was not made'),
  ]);
  expect(out).toContain(`– ${TITLE}: not made`);
  const report = JSON.parse(read('report.json'));
  const of = (check: string) => report.dataChecks.find((one: { check: string }) => one.check === check);
  expect(of('delivered-orders')).toMatchObject({ title: TITLE, ok: null });
  expect(of('checksum-of-order_items')).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/the same: \d+ over \d+ rows$/),
  });
  expect(of('rows-of-products')).toBeUndefined();
  expect(read('report.md')).toMatch(new RegExp(`^\\| ${TITLE} \\|.*\\| not made \\|`, 'm'));
  expect(read('report.html')).toContain('13 of 14 passed, 1 not made.');
  expect(read('report.junit.xml')).toMatch(new RegExp(`<testcase name="${TITLE}[^>]*>\\s*<skipped`));
  const [result] = JSON.parse(read('report.oscal.json'))['assessment-results'].results;
  expect(result.observations.find(({ title }: { title: string }) => title.endsWith(TITLE))).not.toHaveProperty('props');
});

test('what the documentation’s check would find can be said, and then it decides', async () => {
  const path = example();
  const found = await runHere([path, '--set', 'simulation.checks={ delivered-orders: [{ id: 7 }] }']);
  expect([found.exitCode, found.out]).toEqual([1, expect.stringContaining(`data check failed: ${TITLE} (1 found)`)]);
  expect(found.read('report.html')).toContain('1 found<div class="quiet">7</div>');
  const none = await runHere([path, '--set', 'simulation.checks={ delivered-orders: [] }']);
  expect([none.exitCode, none.out]).toEqual([0, expect.stringContaining('the data passed every check')]);
});

test('a run is reported again when its SQL files are gone', async () => {
  const path = example();
  const { folder, read } = await runHere([path]);
  const before = read('report.json');
  writeFileSync(join(path, '../my-checks/delivered-orders.sql'), 'gone');
  expect((await here(['report', folder])).exitCode).toBe(0);
  expect(read('report.json')).toBe(before);
  expect((await here(['verify', folder])).exitCode).toBe(0);
});

test('mistakes in a check are told with their places, beside those of the drill, and nothing is run', async () => {
  const path = example('-- title: T\n-- expect: none\n-- owner: me\nselect 1; select 2\n');
  const { exitCode, err } = await here(['validate', path]);
  expect(exitCode).toBe(2);
  for (const told of [
    "delivered-orders.sql:2:12  expect cannot be 'none'",
    "delivered-orders.sql:3:4  unknown key 'owner'",
    'delivered-orders.sql:4:9  there is more than one statement',
    '3 mistakes in 1 file',
  ])
    expect(err).toContain(told);
  const run = await here(['run', path, '--runs', newFolder()]);
  expect([run.exitCode, run.out]).toEqual([2, '']);
  expect(run.err).toContain('delivered-orders.sql:2:12');
});

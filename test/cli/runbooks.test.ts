import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentOf } from '../../src/by-hand/document.ts';
import { runbookByHand } from '../../src/by-hand/runbook.ts';
import { template } from '../../src/by-hand/template.ts';
import { load } from '../plan/drills.ts';
import { here, newFolder, runHere } from './command.ts';

const SNAPSHOT = 'drills/snapshot-restore.yaml';

async function written() {
  const to = newFolder();
  const { exitCode, out } = await here(['runbooks', '--to', to, '--runs', newFolder()]);
  expect(exitCode).toBe(0);
  return { to, out, index: readFileSync(join(to, 'README.md'), 'utf8') };
}

test('there is a runbook for every shipped drill with steps of its own, an index, and a template', async () => {
  const { to, index } = await written();
  const drills = readdirSync('drills').filter((file) => file.endsWith('.yaml') && file !== 'surprise.yaml');
  const runbooks = drills.map((file) => file.replace('.yaml', '.md'));
  expect(readdirSync(to).sort()).toEqual(['README.md', 'template.md', ...runbooks].sort());
  for (const file of runbooks) expect(index).toContain(`](${file})`);
  for (const file of drills) expect(index).toContain(`drills/${file}`);
  expect(index).toContain('(`drills/surprise.yaml`) is one of: `multi-region-failover`, ');
  expect(index).not.toContain('The drill file does not say');
  const { out } = await here(['runbook', SNAPSHOT]);
  expect(readFileSync(join(to, 'snapshot-restore.md'), 'utf8')).toBe(out);
});

test('--check tells which one is not up to date, and writes nothing', async () => {
  const { to } = await written();
  const check = () => here(['runbooks', '--to', to, '--check']);
  expect(await check()).toMatchObject({ exitCode: 0, err: '' });
  const path = join(to, 'snapshot-restore.md');
  appendFileSync(path, 'A change by hand.\n');
  rmSync(join(to, 'tabletop.md'));
  const before = readFileSync(path, 'utf8');
  const { exitCode, out, err } = await check();
  expect(exitCode).toBe(1);
  expect(out).toContain(`${path}  not up to date\n`);
  expect(out).toContain(`${join(to, 'tabletop.md')}  missing\n`);
  expect(err).toContain(`Write them again: dr-drill runbooks drills --to ${to}`);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('a template that a team has made its own stays', async () => {
  const { to } = await written();
  writeFileSync(join(to, 'template.md'), '# Ours\n');
  expect(await here(['runbooks', '--to', to])).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(to, 'template.md'), 'utf8')).toBe('# Ours\n');
});

test('the template has the headings of a made runbook, without those that only a machine can fill', () => {
  const { drill, topology } = load('drills/multi-region-failover.yaml');
  const headings = (blocks: readonly object[]) => blocks.flatMap((one) => ('heading' in one ? [one.heading] : []));
  const made = headings(documentOf(runbookByHand(drill, topology)));
  expect(headings(template)).toEqual(
    made.filter((one) => !['If another decision is made', 'IAM policy'].includes(String(one))),
  );
});

test('a drill file with mistakes is told, and keeps no other runbook from being written', async () => {
  const [drills, to] = [newFolder(), newFolder()];
  writeFileSync(join(drills, 'broken.yaml'), 'drill: broken\n');
  const topology = join(process.cwd(), 'drills/topologies/ecommerce-platform.yaml');
  const good = readFileSync(SNAPSHOT, 'utf8').replace('topologies/ecommerce-platform.yaml', topology);
  writeFileSync(join(drills, 'good.yaml'), `${good}\nrunbook: [https://wiki.example.org/restore]\n`);
  const { exitCode, err } = await here(['runbooks', drills, '--to', to]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('broken.yaml cannot be used: dr-drill validate ')]);
  expect(readFileSync(join(to, 'README.md'), 'utf8')).toContain(
    '| https://wiki.example.org/restore | `snapshot-restore` |',
  );
});

test('an action of a debrief names the runbook that it changes, with the day of its last change, until it is done', async () => {
  const to = newFolder();
  const runbook = join(to, 'snapshot-restore.md');
  const { folder, runs } = await runHere([SNAPSHOT]);
  const action = (where: string) => ['--action', `Say where the key is; Ann; 2026-12-24; ; ${where}`];

  const missing = await here(['debrief', folder, ...action(runbook)]);
  expect([missing.exitCode, missing.err]).toEqual([2, expect.stringContaining(`There is no file ${runbook}`)]);

  await here(['runbooks', '--to', to]);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', to, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', ...words], {
      env: { ...process.env, GIT_AUTHOR_DATE: '2026-03-04T12:00:00Z', GIT_COMMITTER_DATE: '2026-03-04T12:00:00Z' },
    });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Write the runbooks');
  const { exitCode, out } = await here(['debrief', folder, ...action(runbook)]);
  expect([exitCode, out]).toEqual([0, expect.stringContaining(`runbook ${runbook}, last changed 2026-03-04\n`)]);
  const elsewhere = await here(['debrief', folder, ...action('https://wiki.example.org/restore')]);
  expect(elsewhere.out).toContain('runbook https://wiki.example.org/restore\n');

  const told = async () => (await here(['runbooks', '--to', to, '--runs', runs, '--check'])).out;
  expect(await told()).toContain(
    `${runbook}  last changed 2026-03-04\n  to do: Say where the key is (Ann, 2026-12-24)\n`,
  );
  await here(['debrief', folder, '--close', '1']);
  expect(await told()).not.toContain('to do:');
});

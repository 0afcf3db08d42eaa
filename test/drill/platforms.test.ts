import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { mistakesOf, scratch } from './files.ts';

const folder = scratch();
const platforms = readdirSync('test/platforms')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => resolve('test/platforms', file));
/** A surprise needs what the drills need that it is drawn from, and reads their files beside its own. */
const drills = readdirSync('drills').filter((file) => file.endsWith('.yaml') && file !== 'surprise.yaml');

/** A shipped drill, on a topology that it did not come with. */
const on = (platform: string, drill: string): string =>
  folder.write(drill, readFileSync(`drills/${drill}`, 'utf8').replace(/^topology: .*$/m, `topology: ${platform}`));

test.each(platforms)('every drill fits %s, or one line names what is missing', (platform) => {
  const lines = drills.map((drill) => mistakesOf(on(platform, drill), { vocabulary }).map(({ message }) => message));
  expect(lines.filter((told) => told.length === 0).length).toBeGreaterThan(0);
  for (const told of lines.filter(({ length }) => length > 0))
    expect(told).toEqual([
      expect.stringMatching(
        /^the topology \S+ has no.*, which this drill needs$|^.* works with [A-Z].*; \S+ runs \w+\.$/,
      ),
    ]);
});

test('a database and a name alone can be failed over: there is nothing to scale, and nothing to point', () => {
  expect(
    mistakesOf(on(resolve('test/platforms/database-and-name.yaml'), 'database-failure.yaml'), { vocabulary }),
  ).toEqual([]);
});

test('a drill that is about a data store which there is not is told so', () => {
  const platform = resolve('test/platforms/two-pairs.yaml');
  const text = readFileSync(on(platform, 'database-failure.yaml'), 'utf8').replace('of: first', 'of: loan');
  expect(mistakesOf(folder.write('about.yaml', text), { vocabulary })).toMatchObject([
    { message: "the topology has no data store 'loan'", suggestion: 'loans' },
  ]);
});

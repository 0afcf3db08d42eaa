import { describe, expect, test } from 'vitest';
import { toMermaid } from '../../src/graph/mermaid.ts';
import { statesIn } from '../../src/graph/picture.ts';
import { drillFiles, FAILOVER, hostileTexts, pictureFor, pictureSaying, SURPRISE } from './drills.ts';

const declaration = /^\s*(?:subgraph )?(\w+)[[({]/;
const arrow = /^(\w+) (?:-{2,3}>|-\.->|~~~)(?:\|"[^"]*"\|)? (\w+)$/;

describe.each([...drillFiles, SURPRISE])('the Mermaid text of %s', (path) => {
  const picture = pictureFor(path);
  const lines = toMermaid(picture).trimEnd().split('\n');
  const declared = lines.flatMap((line) => declaration.exec(line)?.[1] ?? []);

  test('has a node or a box for every state', () => {
    const names = statesIn(picture.states).map(({ id }) => `at_${id.replaceAll(/[^A-Za-z0-9]+/g, '_')}`);
    expect(declared).toEqual(expect.arrayContaining(names));
    expect(new Set(declared).size).toBe(declared.length);
  });

  test('has every arrow of the picture, between nodes that it has', () => {
    const arrows = lines.flatMap((line) => (arrow.test(line) ? [arrow.exec(line) as RegExpExecArray] : []));
    expect(arrows.length).toBeGreaterThanOrEqual(picture.arrows.length);
    for (const [, from, to] of arrows) expect(declared).toEqual(expect.arrayContaining([from, to]));
  });

  test('has the title of every step', () => {
    const text = lines.join(' ').replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    for (const state of statesIn(picture.states)) {
      if (state.shape === 'step') for (const { title } of state.steps) expect(text).toContain(title);
    }
  });

  test('closes every box', () => {
    expect(lines.filter((line) => line.trim() === 'end')).toHaveLength(
      lines.filter((line) => line.trim().startsWith('subgraph ')).length,
    );
  });

  test('is the same to the byte when it is made again', () => {
    expect(toMermaid(pictureFor(path))).toBe(toMermaid(picture));
  });
});

test('the arrows of trouble are dashed, and only they are quiet', () => {
  const lines = toMermaid(pictureFor(FAILOVER)).split('\n');
  const arrows = lines.filter((line) => arrow.test(line));
  const quiet = /^linkStyle ([\d,]+) /.exec(lines.find((line) => line.startsWith('linkStyle')) ?? '')?.[1] ?? '';
  expect(quiet.split(',').map((index) => arrows[Number(index)])).toEqual(
    arrows.filter((line) => line.includes(' -.->')),
  );
});

test('where a choice leads on to further work, its arrows are long enough for their labels', () => {
  const lines = toMermaid(pictureFor('drills/snapshot-restore.yaml')).split('\n');
  expect(lines.filter((line) => arrow.test(line) && line.startsWith('at_cleaned '))).toEqual([
    'at_cleaned --->|"has failed"| at_undone',
    'at_cleaned --->|"otherwise"| at_judge',
  ]);
  expect(lines).toContain('at_judged -->|"targets met"| at_passed');
});

test.each(hostileTexts)('the text %j stays a text', (text) => {
  const harmless = toMermaid(pictureSaying('harmless')).split('\n');
  const lines = toMermaid(pictureSaying(text)).split('\n');
  expect(lines).toHaveLength(harmless.length);
  expect(JSON.parse((lines[1] ?? '').replace('title: ', ''))).toBeTypeOf('string');
  for (const [index, line] of lines.entries()) {
    if (index === 1) expect(line).not.toMatch(/[<>]/);
    // What is ours is the same around the text, and in the text nothing is markup.
    else
      for (const label of line.matchAll(/"(.*?)"/g)) expect(label[1]).not.toMatch(/<(?!\/?(b|i|small|br\/)>)|[:`%{}]/);
  }
  const withoutLabels = (all: string[]) => all.slice(2).map((line) => line.replaceAll(/"[^"]*"/g, '""'));
  expect(withoutLabels(lines)).toEqual(withoutLabels(harmless));
});

test('states whose names differ only in signs are kept apart', () => {
  const picture = pictureSaying('harmless');
  const [, end] = picture.states;
  if (!end) throw new Error('no end');
  picture.states.push({ ...end, id: 'a-b' }, { ...end, id: 'a_b' });
  const declared = toMermaid(picture)
    .split('\n')
    .flatMap((line) => declaration.exec(line)?.[1] ?? []);
  expect(new Set(declared).size).toBe(declared.length);
});

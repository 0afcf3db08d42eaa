import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Turns that a reader has to translate, with what to write. */
const banned: readonly [turn: RegExp, instead: string][] = [
  [/\bwhoever\b(?!')/i, 'who, anyone who, or the person who'],
  [/\bunless (?:said|given)[.,:;)]/i, 'by default'],
  [/\bbr(?:ought|ings?|inging) about\b/i, 'caused, causes'],
  [/\bhangs? together\b/i, 'is consistent'],
  [/\bmend(?:s|ed)?\b(?!-)/i, 'fix'],
  [/\bwithout trace\b/i, 'say what is gone'],
  [/\bit will not do\b/i, 'say what is wrong'],
  [/\bas too fast\b/i, 'throttled'],
  [/\bthe least that IAM\b/i, 'the minimum IAM policy'],
  [/\bwhichever\b/i, 'any, or each case'],
  [/\bof which\b/i, 'two sentences'],
  [/\bheld against\b/i, 'compared with'],
  [/\b(?:says?|tells?) nothing of\b/i, 'says nothing about'],
  [/\bthe living (?:one|writer|pair|instance|tables?|database|rows)\b/i, 'live'],
  [/\bl(?:ies|ie|ying) (?:\w+ ){0,2}behind\b/i, 'is behind'],
  [/\bbe had\b/i, 'is available'],
  [/\bcannot be looked at\b/i, 'cannot read'],
  [/\bhear of\b/i, 'is told'],
  [/\bin earnest\b/i, 'for real'],
  [/\bseen to later\b/i, 'who does it later'],
  [/\bas ever\b/i, 'as always'],
  [/\bdoes no harm\b/i, 'is safe, or can safely be done twice'],
  [/\b(?:hither|thither|whence|wherein|thereof|therein|forthwith)\b/, 'a word of today'],
];

/** This list, and the README of a bundle: bundles of former versions are compared with it to the byte. */
const APART = ['test/docs/words.test.ts', 'src/evidence/bundle.ts'];
const files = execFileSync(
  'git',
  ['ls-files', 'src', 'state-machines', 'drills', 'docs/src', 'scripts', 'README.md', 'test'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter(
    (file) =>
      /\.(?:tsx?|mjs|mdx?|ya?ml)$/.test(file) && !APART.includes(file) && !file.startsWith('test/live/recorded'),
  );

test.each(banned)('no text says %s', (turn, instead) => {
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (turn.test(line) ? [`${file}:${index + 1} ${line.trim()}: write ${instead}`] : [])),
  );
  expect(found).toEqual([]);
});

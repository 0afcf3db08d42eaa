import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DrillError } from '../errors.ts';
import type { Draw } from '../journal/draw.ts';
import { mostBytes, readText } from '../read-file.ts';
import type { Draws } from '../run/draw.ts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const CHANCES = 2 ** 47;

/** The folder of draws until they are revealed. It is not the run folder, which others read and pack. */
const folder = (): string => process.env.DR_DRILL_DRAWS ?? join(homedir(), '.dr-drill', 'draws');

const pathOf = (seal: string): string => join(folder(), `${seal}.json`);

/** Draws of live runs: nobody can guess them, and only the user who runs the drill can read them. */
export const keptDraws = (): Draws => ({
  how: 'random',
  chance: () => randomInt(CHANCES) / CHANCES,
  nonce: () => randomBytes(32).toString('hex'),
  keep(seal, draw) {
    mkdirSync(folder(), { recursive: true, mode: OWNER_ONLY_FOLDER });
    const file = openSync(pathOf(seal), 'wx', OWNER_ONLY);
    try {
      writeSync(file, `${JSON.stringify(draw)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  recall(seal) {
    try {
      return JSON.parse(readText(pathOf(seal), mostBytes.note)) as Draw;
    } catch (cause) {
      throw new DrillError('draw-missing', `What was drawn is not on this machine: ${pathOf(seal)} cannot be read.`, {
        hint: 'Resume the run where it was begun, as the same user; DR_DRILL_DRAWS names another folder. Or abort it, and draw again.',
        cause,
      });
    }
  },
  forget: (seal) => rmSync(pathOf(seal), { force: true }),
});

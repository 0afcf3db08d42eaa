import { existsSync } from 'node:fs';
import { normalize, sep } from 'node:path';
import { findShipped } from '../draft/shipped.ts';
import type { Terminal } from './terminal.ts';

/** A path in `drills/` that does not exist here represents the file or folder of that name that comes with dr-drill. */
export function orShipped(path: string, terminal: Terminal): string {
  if (normalize(path).split(sep)[0] !== 'drills' || existsSync(path)) return path;
  const shipped = findShipped(normalize(path));
  if (!shipped) return path;
  terminal.err(`${path} does not exist here. Using the one that comes with dr-drill.\n`);
  return shipped;
}

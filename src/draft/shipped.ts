import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DrillError } from '../errors.ts';

/** The name of the system that the shipped files are about; it begins the name of everything in it. */
export const SHIPPED_SYSTEM = 'ecommerce';

/** Where a file or folder lies that comes with the tool, if there is one; the sources are one folder deeper than the bundle. */
export function findShipped(file: string): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url));
  return [join(here, '..', file), join(here, '..', '..', file)].find((path) => existsSync(path));
}

export function shippedPath(file: string): string {
  const found = findShipped(file);
  if (found) return found;
  throw new DrillError('file-missing', `${file}, which comes with dr-drill, is not where it should be.`, {
    hint: 'Install it anew.',
  });
}

/** Its text without the line that leads editors to the schema: that depends on where the draft will lie. */
export const shippedText = (file: string): string =>
  readFileSync(shippedPath(file), 'utf8').replace(/^# yaml-language-server:.*\n/, '');

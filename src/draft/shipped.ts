import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DrillError } from '../errors.ts';

/** The name of the system that the shipped files are about; it begins the name of everything in it. */
export const SHIPPED_SYSTEM = 'ecommerce';

/** Where a file lies that comes with the tool; the sources lie one folder deeper than the bundle. */
export function shippedPath(file: string): string {
  const found = [`../${file}`, `../../${file}`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found) return found;
  throw new DrillError('file-missing', `${file}, which comes with dr-drill, is not where it should be.`, {
    hint: 'Install it anew.',
  });
}

/** Its text without the line that leads editors to the schema: that depends on where the draft will lie. */
export const shippedText = (file: string): string =>
  readFileSync(shippedPath(file), 'utf8').replace(/^# yaml-language-server:.*\n/, '');

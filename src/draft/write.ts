import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { DrillError } from '../errors.ts';
import { shippedPath } from './shipped.ts';

/** Writes a drafted file, with the line by which editors check what has a schema, and never over another. */
export function writeDraft(path: string, kind: 'drill' | 'topology' | 'schedule' | 'workflow', text: string): void {
  const schema = () => relative(dirname(resolve(path)), shippedPath(`schema/${kind}.schema.json`));
  const first = kind === 'workflow' ? '' : `# yaml-language-server: $schema=${schema()}\n`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, first + text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new DrillError('file-exists', `${path} exists already, and nothing is overwritten.`, {
        hint: 'Give another name, or move it away first.',
      });
    throw new DrillError('not-written', `${path} cannot be written (${code ?? 'unknown reason'}).`, { cause: error });
  }
}

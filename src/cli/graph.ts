import { DrillError } from '../errors.ts';
import type { Terminal } from './terminal.ts';

export async function graphCommand(_path: string, _options: object, _terminal: Terminal): Promise<number> {
  throw new DrillError('not-yet', 'graph comes next');
}

import { DrillError } from '../errors.ts';
import type { Terminal } from './terminal.ts';

export async function planCommand(_path: string, _options: object, _terminal: Terminal): Promise<number> {
  throw new DrillError('not-yet', 'plan comes next');
}

import { loadDrill } from '../drill/load.ts';
import { planOf } from '../plan/plan.ts';
import { planLines } from '../plan/text.ts';
import { vocabulary } from '../runbook/vocabulary.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Shows what a drill would do; nothing is run. */
export function planCommand(path: string, options: { set: string[]; json?: boolean }, terminal: Terminal): number {
  const { drill, topology } = loadDrill(path, { overrides: options.set, vocabulary });
  const plan = planOf(drill, topology);
  const text = options.json ? JSON.stringify(plan, null, 2) : planLines(plan, terminal).join('\n');
  terminal.out(`${text}\n`);
  return exitCodes.passed;
}

import { surpriseOf } from '../drill/candidates.ts';
import { loadDrill } from '../drill/load.ts';
import { planOf } from '../plan/plan.ts';
import { planOfSurprise, surpriseLines } from '../plan/surprise.ts';
import { planLines } from '../plan/text.ts';
import { vocabulary } from '../runbook/vocabulary.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Shows what a drill would do; AWS is not called. */
export function planCommand(path: string, options: { set: string[]; json?: boolean }, terminal: Terminal): number {
  const { drill, topology } = loadDrill(path, { overrides: options.set, vocabulary });
  const surprise = surpriseOf(drill);
  const plan = surprise ? planOfSurprise(drill, surprise, topology) : planOf(drill, topology);
  const lines = () => ('of' in plan ? surpriseLines(plan, terminal) : planLines(plan, terminal));
  terminal.out(`${options.json ? JSON.stringify(plan, null, 2) : lines().join('\n')}\n`);
  return exitCodes.passed;
}

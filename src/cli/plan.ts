import { surpriseOf } from '../drill/candidates.ts';
import { loadDrill } from '../drill/load.ts';
import { planOf } from '../plan/plan.ts';
import { planOfSurprise, surpriseLines } from '../plan/surprise.ts';
import { planLines } from '../plan/text.ts';
import { exitCodes } from './exit-codes.ts';
import { notLoaded, notLoadedLines, readingModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

/** Shows what a drill would do; AWS is not called. */
export function planCommand(
  path: string,
  options: { set: string[]; json?: boolean; loadSteps?: boolean },
  terminal: Terminal,
): number {
  const { drill, topology } = loadDrill(path, { overrides: options.set, vocabulary: readingModules(options) });
  const surprise = surpriseOf(drill);
  const plan = surprise ? planOfSurprise(drill, surprise, topology) : planOf(drill, topology);
  const missing = notLoaded(drill, options);
  if (options.json) {
    const data = missing.length > 0 ? { ...plan, notLoaded: missing } : plan;
    terminal.asIs(`${JSON.stringify(data, null, 2)}\n`);
    return exitCodes.passed;
  }
  const lines = 'of' in plan ? surpriseLines(plan, terminal) : planLines(plan, terminal);
  terminal.asIs(`${lines.join('\n')}\n`);
  if (missing.length > 0) terminal.out(`\n${notLoadedLines(missing).join('\n')}\n`);
  return exitCodes.passed;
}

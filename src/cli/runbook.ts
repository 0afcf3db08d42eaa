import { writeFileSync } from 'node:fs';
import { documentOf } from '../by-hand/document.ts';
import { toMarkdown } from '../by-hand/markdown.ts';
import { runbookByHand } from '../by-hand/runbook.ts';
import { realClock } from '../clock/real-clock.ts';
import { surpriseOf } from '../drill/candidates.ts';
import { loadDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { exitCodes } from './exit-codes.ts';
import { readingModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

export interface RunbookCommandOptions {
  set: string[];
  format: 'md' | 'html' | 'pdf';
  output?: string;
  loadSteps?: boolean;
}

/** Writes what people would do by hand instead of a drill. */
export async function runbookCommand(
  path: string,
  options: RunbookCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { drill, topology } = loadDrill(path, { overrides: options.set, vocabulary: readingModules(options) });
  const surprise = surpriseOf(drill);
  if (surprise)
    throw new DrillError('no-runbook', `${drill.drill} is a surprise: it has no steps itself.`, {
      hint: `Write the runbooks of the drills that it is drawn from: ${surprise.of.map((one) => one.drill).join(', ')}.`,
    });
  const { output, format } = options;
  if (format === 'pdf' && output === undefined)
    throw new DrillError('usage', 'A PDF does not go to the terminal.', { hint: 'Name a file: -o runbook.pdf.' });
  const runbook = runbookByHand(drill, topology);
  const title = `Runbook: ${runbook.title}`;
  const blocks = documentOf(runbook);
  const bytes = await written();
  if (output === undefined) terminal.asIs(String(bytes));
  else {
    writeFileSync(output, bytes);
    terminal.out(`Written: ${output}\n`);
  }
  return exitCodes.passed;

  async function written(): Promise<string | Uint8Array> {
    if (format === 'html') return (await import('../by-hand/html.tsx')).toHtml(title, blocks);
    if (format === 'md') return toMarkdown(title, blocks);
    const { toPdf } = await import('../by-hand/pdf.ts');
    return toPdf({ title, drill: runbook.drill, at: new Date(realClock().wallMs()) }, blocks);
  }
}

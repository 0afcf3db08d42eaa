import { writeFileSync } from 'node:fs';
import { loadDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { drillPicture } from '../graph/drill-picture.ts';
import { toMermaid } from '../graph/mermaid.ts';
import { toSvg } from '../graph/svg.ts';
import { exitCodes } from './exit-codes.ts';
import { notLoaded, notLoadedLines, readingModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

interface GraphOptions {
  format: 'mermaid' | 'svg';
  output?: string;
  set: string[];
  loadSteps?: boolean;
}

/** Draws the machine of a drill with the drill's own steps; nothing is run. */
export async function graphCommand(path: string, options: GraphOptions, terminal: Terminal): Promise<number> {
  const { drill, topology } = loadDrill(path, { overrides: options.set, vocabulary: readingModules(options) });
  for (const line of notLoadedLines(notLoaded(drill, options))) terminal.err(`${line}\n`);
  const picture = drillPicture(drill, topology);
  const text = options.format === 'svg' ? toSvg(picture) : toMermaid(picture);
  if (options.output === undefined) {
    terminal.asIs(text);
  } else {
    write(options.output, text);
    terminal.out(`The picture is in ${options.output}\n`);
  }
  return exitCodes.passed;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = 'Name a file in a folder that exists and may be written to: --output <file>.';
    throw new DrillError('picture-unwritable', `The picture cannot be written: ${why}.`, { hint, cause });
  }
}

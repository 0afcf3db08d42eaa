import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import pc from 'picocolors';
import { documentOf } from '../by-hand/document.ts';
import { type Indexed, indexOf } from '../by-hand/index-of-runbooks.ts';
import { toMarkdown } from '../by-hand/markdown.ts';
import { runbookByHand } from '../by-hand/runbook.ts';
import { template } from '../by-hand/template.ts';
import { surpriseOf } from '../drill/candidates.ts';
import { readDrill } from '../drill/load.ts';
import type { Action } from '../evidence/debrief.ts';
import { mostBytes, readText } from '../read-file.ts';
import { withoutSecrets } from '../secrets.ts';
import { actionsIn } from './debriefs.ts';
import { exitCodes } from './exit-codes.ts';
import { lastChanged, samePlace } from './last-changed.ts';
import { drillFiles } from './list.ts';
import { readingModules } from './own-steps.ts';
import { orShipped } from './shipped-file.ts';
import type { Terminal } from './terminal.ts';
import { writeWhole } from './write-reports.ts';

export interface RunbooksCommandOptions {
  to: string;
  runs: string;
  /** Writes nothing, and tells what is not as it would be written. */
  check?: boolean;
  loadSteps?: boolean;
}

const INDEX = 'README.md';
const TEMPLATE = 'template.md';

/**
 * Writes the runbooks of all drills of a folder, their index, and a template for new ones. Gives 1 where `--check` finds one that is not
 * up to date, and 2 where a drill file cannot be used.
 */
export function runbooksCommand(folder: string, options: RunbooksCommandOptions, terminal: Terminal): number {
  const { bold, dim, red, yellow } = pc.createColors(terminal.colour);
  const { indexed, unusable } = drillsOf(folder, options, terminal);
  const files = new Map([[INDEX, indexOf(indexed, TEMPLATE)]]);
  for (const one of indexed)
    if ('runbook' in one) files.set(one.file, toMarkdown(`Runbook: ${one.runbook.title}`, documentOf(one.runbook)));
  const actions = [...actionsIn(options.runs).values()].flat().filter(({ isClosed }) => !isClosed);
  if (!options.check) mkdirSync(options.to, { recursive: true });
  let stale = 0;
  for (const [file, text] of files) {
    const path = join(options.to, file);
    const isCurrent = existsSync(path) && readText(path, mostBytes.note) === text;
    if (!isCurrent) stale += 1;
    if (!isCurrent && !options.check) writeWhole(path, text);
    const how = isCurrent
      ? dim(`last changed ${lastChanged(path)}`)
      : options.check
        ? red(existsSync(path) ? 'not up to date' : 'missing')
        : 'written';
    terminal.out(`${bold(path)}  ${how}\n`);
    for (const action of actions.filter(({ runbook }) => runbook !== undefined && samePlace(runbook, path)))
      terminal.out(`  ${yellow(actionWords(action))}\n`);
  }
  // A team makes the template its own.
  const templatePath = join(options.to, TEMPLATE);
  if (!options.check && !existsSync(templatePath)) {
    writeWhole(templatePath, toMarkdown('Runbook: what it restores', template));
    terminal.out(`${bold(templatePath)}  written, for runbooks that no drill makes\n`);
  }
  for (const path of unusable) terminal.err(`${path} cannot be used: dr-drill validate ${path} says why.\n`);
  if (options.check && stale > 0) terminal.err(`Write them again: dr-drill runbooks ${folder} --to ${options.to}\n`);
  if (unusable.length > 0) return exitCodes['bad-input'];
  return options.check && stale > 0 ? exitCodes['target-missed'] : exitCodes.passed;
}

const actionWords = ({ action, owner, due }: Action): string => `to do: ${action} (${owner}, ${due})`;

function drillsOf(
  folder: string,
  options: RunbooksCommandOptions,
  terminal: Terminal,
): { indexed: Indexed[]; unusable: string[] } {
  const vocabulary = readingModules(options);
  const at = orShipped(folder, terminal);
  const unusable: string[] = [];
  const indexed = drillFiles(at).flatMap((name): Indexed[] => {
    const drillFile = join(folder, name);
    const { value } = readDrill(join(at, name), { vocabulary });
    if (!value) {
      unusable.push(drillFile);
      return [];
    }
    const of = surpriseOf(value.drill)?.of.map(({ drill }) => drill);
    if (of) return [{ drillFile, title: withoutSecrets(value.drill.title), of }];
    return [
      { drillFile, file: `${basename(value.drill.drill)}.md`, runbook: runbookByHand(value.drill, value.topology) },
    ];
  });
  return { indexed, unusable };
}

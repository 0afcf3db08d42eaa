import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { surpriseOf } from '../drill/candidates.ts';
import { readDrill } from '../drill/load.ts';
import { validateFile } from '../drill/validate.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import { withoutSecrets } from '../secrets.ts';
import { exitCodes } from './exit-codes.ts';
import { notLoaded, readingModules } from './own-steps.ts';
import { orShipped } from './shipped-file.ts';
import type { Terminal } from './terminal.ts';

/** Lists the drills of a folder, with what each is compared with; one that cannot be used is listed too. */
export function listCommand(
  folder: string,
  options: { json?: boolean; loadSteps?: boolean },
  terminal: Terminal,
): number {
  const vocabulary = readingModules(options);
  const at = orShipped(folder, terminal);
  const drills = drillFiles(at).map((name) => {
    const path = join(folder, name);
    const { value, mistakes } = readDrill(join(at, name), { vocabulary });
    if (!value) return { path, mistakes: mistakes.length };
    const { drill, machine, targets } = value.drill;
    const title = withoutSecrets(value.drill.title);
    const of = surpriseOf(value.drill)?.of.map((one) => one.drill);
    const missing = notLoaded(value.drill, options);
    const entry = of
      ? { path, drill, title, machine: 'surprise', targets, of }
      : { path, drill, title, machine, targets };
    return { ...entry, ...(missing.length > 0 && { notLoaded: missing }) };
  });
  if (options.json) {
    terminal.asIs(`${JSON.stringify({ drills }, null, 2)}\n`);
    return exitCodes.passed;
  }
  if (drills.length === 0) terminal.out(`There is no drill file in ${folder}.\n`);
  const { bold, dim, red } = pc.createColors(terminal.colour);
  for (const entry of drills) {
    if ('mistakes' in entry) {
      terminal.out(`${bold(entry.path)}\n  ${red(`cannot be used: dr-drill validate ${entry.path} says why`)}\n`);
    } else {
      const { rto, rpo } = entry.targets;
      const held = 'of' in entry ? `of ${entry.of.join(', ')}` : `RTO ${limit(rto)}, RPO ${limit(rpo)}`;
      terminal.out(`${bold(entry.path)}\n  ${entry.title}\n  ${dim(`${entry.machine}, ${held}`)}\n`);
      if (entry.notLoaded)
        terminal.out(`  ${dim(`not loaded: ${entry.notLoaded.join(', ')} (--load-steps runs them)`)}\n`);
    }
  }
  return exitCodes.passed;
}

const limit = (ms: number | null): string => (ms === null ? 'none' : inWords(ms));

/** The names of the drill files of a folder, in order. Fails with `folder-missing`. */
export function drillFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    const hint = 'Name the folder that your drill files are in: dr-drill list <folder>.';
    throw new DrillError('folder-missing', `There is no folder ${folder}.`, { hint, cause });
  }
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .filter((name) => validateFile(join(folder, name)).kind !== 'topology');
}

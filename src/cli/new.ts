import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Answers, drillText, notAnswered, questions, topologyText, wrongAnswer } from '../draft/answers.ts';
import { writeDraft } from '../draft/write.ts';
import { componentsOf } from '../drill/components.ts';
import { loadDrill, loadTopology } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { exitCodes } from './exit-codes.ts';
import { somebodyIsHere } from './keyboard.ts';
import type { Terminal } from './terminal.ts';

export interface NewCommandOptions extends Partial<Omit<Answers, 'name'>> {
  /** Where the files are written. */
  folder: string;
  /** A topology that is there already. */
  topology?: string;
}

/** Writes a drill, and a topology unless one is named; asks for what no option says. */
export async function newCommand(
  name: string | undefined,
  { folder, topology, ...given }: NewCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const known: Partial<Answers> = { ...given, ...(name !== undefined && { name }), ...answersIn(topology) };
  for (const key of keys) {
    const wrong = known[key] === undefined ? undefined : wrongAnswer(key, known[key]);
    if (wrong !== undefined) throw new DrillError('wrong-answer', `--${key}: ${wrong}`);
  }
  const answers = await complete(known, terminal);
  const drillPath = join(folder, `${answers.name}.yaml`);
  const topologyPath = topology ?? join(folder, 'topologies', `${answers.system}.yaml`);
  if (topology === undefined) writeDraft(topologyPath, 'topology', topologyText(answers));
  writeDraft(drillPath, 'drill', drillText(answers, relative(folder, topologyPath)));
  loadDrill(drillPath, { vocabulary: vocabularyWithoutModules });
  const written = [drillPath, ...(topology === undefined ? [topologyPath] : [])];
  terminal.out(`Written: ${written.join(', ')}\nRead what it would do: dr-drill plan ${drillPath}\n`);
  return exitCodes.passed;
}

const keys = Object.keys(questions) as (keyof Answers)[];

/** Stands for a public name that the topology does not have: nothing is written with it. */
const NO_DOMAIN = 'shop.example.com';

/** A topology that is there answers all that is asked of the system. */
function answersIn(topology: string | undefined): Partial<Answers> {
  if (topology === undefined) return {};
  const found = loadTopology(topology);
  const [traffic] = componentsOf(found, 'route53');
  return { account: found.account, ...found.regions, system: found.topology, domain: traffic?.name ?? NO_DOMAIN };
}

async function complete(known: Partial<Answers>, terminal: Terminal): Promise<Answers> {
  const missing = keys.filter((key) => known[key] === undefined);
  if (missing.length === 0) return known as Answers;
  if (!somebodyIsHere()) {
    const needed = missing.filter((key) => questions[key].usual === undefined);
    if (needed.length > 0) throw notAnswered(needed);
    return { ...usual(missing), ...known } as Answers;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answers = { ...known };
    for (const key of missing) {
      const { ask, example, usual } = questions[key];
      for (;;) {
        const typed = (await lines.question(`${ask} (${usual === undefined ? `such as ${example}` : usual}): `)).trim();
        const answer = typed === '' && usual !== undefined ? usual : typed;
        const wrong = wrongAnswer(key, answer);
        if (wrong === undefined) {
          answers[key] = answer;
          break;
        }
        terminal.err(`${wrong}\n`);
      }
    }
    return answers as Answers;
  } finally {
    lines.close();
  }
}

const usual = (missing: readonly (keyof Answers)[]): Partial<Answers> =>
  Object.fromEntries(missing.map((key) => [key, questions[key].usual]));

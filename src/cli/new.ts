import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { plainName } from '../components/discovery.ts';
import {
  type Answers,
  askedFor,
  drillText,
  notAnswered,
  questions,
  USUAL_PATTERN,
  wrongAnswer,
} from '../draft/answers.ts';
import { topologyText } from '../draft/new-topology.ts';
import { writeDraft } from '../draft/write.ts';
import { loadDrill, loadTopology } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { laidOut } from '../layout.ts';
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

/** Writes a drill, and a topology unless one is named; asks for what no option says and the drill needs. */
export async function newCommand(
  name: string | undefined,
  { folder, topology, ...given }: NewCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const said: Partial<Answers> = { ...given, ...(name !== undefined && { name }) };
  mustBeRight(said);
  const drillAt = (named: string) => join(folder, `${named}.yaml`);
  const topologyAt = (system: string) => topology ?? join(folder, 'topologies', `${system}.yaml`);
  const answers = await complete(
    { ...said, ...answersIn(topology) },
    ({ like = USUAL_PATTERN }) => askedFor(like, topology),
    terminal,
    // Asked again at once, before the other answers are typed.
    (key, answer) => {
      const path = key === 'name' ? drillAt(answer) : key === 'system' ? topologyAt(answer) : undefined;
      return path !== undefined && existsSync(path) ? `${path} exists already, and nothing is overwritten.` : undefined;
    },
  );
  const drillPath = drillAt(answers.name);
  const topologyPath = topologyAt(answers.system);
  if (topology === undefined) writeDraft(topologyPath, 'topology', topologyText(answers));
  writeDraft(drillPath, 'drill', drillText(answers, relative(folder, topologyPath)));
  loadDrill(drillPath, { vocabulary: vocabularyWithoutModules });
  const written = [drillPath, ...(topology === undefined ? [topologyPath] : [])];
  terminal.out(`Written: ${written.join(', ')}\nRead what it would do: dr-drill plan ${drillPath}\n`);
  return exitCodes.passed;
}

/** Fails where an option cannot be used. */
export function mustBeRight(said: Partial<Answers>): void {
  for (const key of Object.keys(questions) as (keyof Answers)[]) {
    const wrong = said[key] === undefined ? undefined : wrongAnswer(key, said[key]);
    if (wrong !== undefined) throw new DrillError('wrong-answer', `--${key}: ${wrong}`);
  }
}

/** A topology that is there answers all that is asked of the system. */
export function answersIn(topology: string | undefined): Partial<Answers> {
  if (topology === undefined) return {};
  const { account, regions, topology: name } = loadTopology(topology);
  return { account, ...regions, system: plainName(name) };
}

/** Asks for what is needed and not known; what is needed may hang on an answer. */
export async function complete(
  known: Partial<Answers>,
  needed: (known: Partial<Answers>) => (keyof Answers)[],
  terminal: Terminal,
  alsoWrong: (key: keyof Answers, answer: string) => string | undefined = () => undefined,
): Promise<Answers> {
  const answers = { ...known };
  const missing = () => needed(answers).filter((key) => answers[key] === undefined);
  if (!somebodyIsHere()) {
    answers.like ??= USUAL_PATTERN;
    if (missing().length > 0) throw notAnswered(missing());
    return answers as Answers;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (let [key] = missing(); key !== undefined; [key] = missing()) {
      const { ask, example, usual } = questions[key];
      const question = `${ask} (${usual === undefined ? `such as ${example}` : usual}): `;
      const typed = (await lines.question(laidOut(question, terminal.width))).trim();
      const answer = typed === '' && usual !== undefined ? usual : typed;
      const isSame = key === 'recovery' && answer === answers.primary;
      const wrong =
        wrongAnswer(key, answer) ??
        (isSame ? 'The region that takes over must be another one.' : alsoWrong(key, answer));
      if (wrong === undefined) answers[key] = answer;
      else terminal.err(`${wrong}\n`);
    }
    return answers as Answers;
  } finally {
    lines.close();
  }
}

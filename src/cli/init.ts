import { existsSync, readdirSync } from 'node:fs';
import { basename, join, posix, relative, resolve } from 'node:path';
import { isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { plainName } from '../components/discovery.ts';
import { type Answers, askedFor, drillText, USUAL_PATTERN, wrongAnswer } from '../draft/answers.ts';
import { discover } from '../draft/discover.ts';
import { topologyOf, withPlaceholders } from '../draft/draft.ts';
import { topologyText } from '../draft/new-topology.ts';
import { patterns, scheduleText, workflowText } from '../draft/program.ts';
import { shippedPath } from '../draft/shipped.ts';
import { writeDraft } from '../draft/write.ts';
import { readDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { accountHere, tellUnasked } from './discover.ts';
import { exitCodes } from './exit-codes.ts';
import { atKeyboard, somebodyIsHere } from './keyboard.ts';
import { answersIn, complete, mustBeRight } from './new.ts';
import type { Terminal } from './terminal.ts';

export interface InitCommandOptions extends Partial<Omit<Answers, 'name' | 'like'>> {
  /** Where drills, topology and schedule are written. */
  folder: string;
  /** Whether the account is read: asked of a person by default, and not done where nobody is there. */
  discover?: boolean | undefined;
}

const WORKFLOW = '.github/workflows/drills.yml';
/** So many drills a system begins with. */
const DRILLS = 3;

/** Writes topology, drills, schedule and a CI workflow for a system, asks for what it cannot find, and keeps every file that is there. */
export async function initCommand(
  { folder, discover: isAsked, ...given }: InitCommandOptions,
  terminal: Terminal,
): Promise<number> {
  mustBeRight(given);
  const kept: string[] = [];
  const written: string[] = [];
  const write = (path: string, kind: Parameters<typeof writeDraft>[1], text: () => string) => {
    if (existsSync(path)) return void kept.push(path);
    writeDraft(path, kind, text());
    written.push(path);
  };
  const topology =
    onlyTopologyIn(folder) ?? (await newTopology({ folder, discover: isAsked, ...given }, terminal, written));
  if (!written.includes(topology)) kept.push(topology);
  const drills = patterns()
    .filter((name) => fits(name, topology))
    .slice(0, DRILLS);
  if (drills.length === 0)
    throw new DrillError('no-drill-fits', `No shipped drill fits ${topology} as it is.`, {
      hint: `Correct what \`dr-drill validate ${topology}\` lists, then give \`dr-drill init\` again.`,
    });
  const answers = answersIn(topology) as Answers;
  for (const name of drills)
    write(join(folder, `${name}.yaml`), 'drill', () =>
      drillText({ ...answers, like: name, name }, relative(folder, topology)),
    );
  const schedule = join(folder, 'schedules', `${answers.system}.yaml`);
  const today = isoTime(realClock().wallMs()).slice(0, 10);
  write(schedule, 'schedule', () => scheduleText(answers.system, drills, today));
  const path = (here: string) => posix.join(...here.split(/[\\/]/));
  write(WORKFLOW, 'workflow', () => workflowText(path(folder), drills, path(schedule)));
  terminal.out(told({ written, kept, topology, first: join(folder, `${drills[0]}.yaml`), folder }));
  return exitCodes.passed;
}

/** The topology that is there already. */
function onlyTopologyIn(folder: string): string | undefined {
  const at = join(folder, 'topologies');
  const [one, ...others] = existsSync(at) ? readdirSync(at).filter((name) => name.endsWith('.yaml')) : [];
  return one === undefined || others.length > 0 ? undefined : join(at, one);
}

/** Writes the topology of what the account has, or of examples. */
async function newTopology(
  { folder, discover: isAsked, ...given }: InitCommandOptions,
  terminal: Terminal,
  written: string[],
): Promise<string> {
  const system = plainName(basename(resolve('.')));
  const named = { ...(wrongAnswer('system', system) === undefined && { system }), like: USUAL_PATTERN, ...given };
  const known = await complete(named, () => ['system', 'primary', 'recovery'], terminal);
  const path = join(folder, 'topologies', `${known.system}.yaml`);
  const account = isAsked === false ? undefined : await readable(known, isAsked, terminal);
  if (account) {
    const found = withPlaceholders(await discover(...account));
    writeDraft(path, 'topology', topologyOf(found, known.system));
    tellUnasked(found, terminal);
  } else {
    const needed = askedFor(USUAL_PATTERN, undefined).filter((key) => key !== 'name');
    writeDraft(path, 'topology', topologyText(await complete(known, () => needed, terminal)));
  }
  written.push(path);
  return path;
}

/** The account, where there are credentials for it and a person lets it be read. */
async function readable(regions: Answers, isAsked: boolean | undefined, terminal: Terminal) {
  if (isAsked) return accountHere(regions);
  if (!somebodyIsHere()) return undefined;
  const found = await accountHere(regions).catch((error: Error) => {
    terminal.err(`No account can be read (${error.message}), so the topology will hold examples.\n`);
    return undefined;
  });
  if (!found) return undefined;
  const question = `Read account ${found[1].account}, which changes nothing, and write what is there? (yes): `;
  return /^(y|yes|)$/i.test(await atKeyboard({}, (ask) => ask(question))) ? found : undefined;
}

/** Whether a shipped drill can be done on a topology. */
const fits = (name: string, topology: string): boolean =>
  readDrill(shippedPath(`drills/${name}.yaml`), {
    overrides: [`topology=${resolve(topology)}`],
    vocabulary: vocabularyWithoutModules,
  }).mistakes.length === 0;

interface Done {
  written: string[];
  kept: string[];
  topology: string;
  first: string;
  folder: string;
}

const told = ({ written, kept, topology, first, folder }: Done): string =>
  [
    ...(written.length > 0 ? [`Written: ${written.join(', ')}`] : []),
    ...(kept.length > 0 ? [`Kept as it was: ${kept.join(', ')}`] : []),
    `Put your names in where ${topology} has examples or says "not known". Then:`,
    `  npx dr-drill validate ${join(folder, '*.yaml')}`,
    `  npx dr-drill plan ${first}`,
    `  npx dr-drill run ${first}`,
    'The workflow wants dr-drill in package.json: npm install --save-dev dr-drill',
    '',
  ].join('\n');

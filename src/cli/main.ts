import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { Command, CommanderError } from 'commander';
import { PROSE_COLUMNS } from '../layout.ts';
import { keepSecretsOfEnvironment } from '../secrets.ts';
import { hasAbandonedConnections } from './abandoned.ts';
import { evidenceCommands } from './commands/evidence.ts';
import { examples } from './commands/options.ts';
import { preparingCommands } from './commands/preparing.ts';
import { runningCommands } from './commands/running.ts';
import { simulatingCommands } from './commands/simulating.ts';
import { exitCodes, meaningOf } from './exit-codes.ts';
import { ownProcess } from './interrupt.ts';
import { exitNow, hasOwnCode, tellLateErrors, wantsOwnProcess } from './own-code.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { version } from './version.ts';

/** The process that a shell starts. */
export async function main(): Promise<void> {
  // Said for the user's sake by the SDK, but it would be said in the middle of every drill.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // Many things listen to one signal at once, and stop with it. Node would warn in the middle of a drill.
  setMaxListeners(0);
  keepSecretsOfEnvironment(process.env);
  if (!isMainThread) return (await import('./seeds-thread.ts')).answerWithSeeds();
  const terminal = processTerminal();
  ownProcess(terminal);
  process.exitCode = await answer(process.argv.slice(2), terminal);
  tellLateErrors(terminal);
  // A program that should have given credentials, or a module's timer, keeps nobody waiting.
  if (hasOwnCode() || hasAbandonedConnections() || process.getActiveResourcesInfo().includes('ProcessWrap'))
    process.stdout.write('', () => process.stderr.write('', () => exitNow()));
}

/** Does what the words ask for, and gives the exit code. */
export async function answer(words: string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const finish = (code: number) => {
    exitCode = code;
  };
  try {
    if (wantsOwnProcess(words)) return await (await import('./steps-process.ts')).inOwnProcess(words, terminal);
    if (words.length === 0 && !existsSync('drills'))
      return await (await import('./first-steps.ts')).firstSteps(terminal);
    await commandLine(terminal, finish).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has told its own mistakes already, and ends `--help` and `--version` this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes['bad-input'];
    const { complain } = await import('./complain.ts');
    return complain(error, { json: words.includes('--json') }, terminal);
  }
}

/** The command line. Each command loads its code only when it is called. */
export function commandLine(terminal: Terminal, finish: (exitCode: number) => void): Command {
  const program = new Command('dr-drill')
    .description('Runs disaster-recovery drills on AWS, measures RTO and RPO, and reports them as evidence.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHasColors: () => terminal.colour,
      getOutHelpWidth: () => helpColumns(terminal),
    })
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      examples(['run drills/multi-region-failover.yaml', 'plan drills/snapshot-restore.yaml']) + exitCodesHelp,
    );

  runningCommands(program, { terminal, finish });
  preparingCommands(program, { terminal, finish });
  evidenceCommands(program, { terminal, finish });
  simulatingCommands(program, { terminal, finish });
  return program;
}

/** In a file or a pipe, help is as wide as most terminals. */
const helpColumns = ({ width = Number.POSITIVE_INFINITY }: Terminal): number =>
  Number.isFinite(width) ? Math.min(width, PROSE_COLUMNS) : 80;

const exitCodesHelp = `\nExit codes:\n${Object.entries(meaningOf)
  .map(([code, [meaning]]) => `  ${code.padEnd(4)}${meaning}`)
  .join('\n')}\n`;

import { setMaxListeners } from 'node:events';
import { Command, CommanderError } from 'commander';
import { evidenceCommands } from './commands/evidence.ts';
import { examples } from './commands/options.ts';
import { preparingCommands } from './commands/preparing.ts';
import { runningCommands } from './commands/running.ts';
import { simulatingCommands } from './commands/simulating.ts';
import { exitCodes } from './exit-codes.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { version } from './version.ts';

// Said for the user's sake by the SDK, but it would be said in the middle of every drill.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// A step may ask for many things at once, and all of them end with it: no leak that a user need be told of.
setMaxListeners(0);

/** The command line. Each command loads its code only when it is called. */
function commandLine(terminal: Terminal, finish: (exitCode: number) => void): Command {
  const program = new Command('dr-drill')
    .description('Disaster-recovery drills for AWS: scripted, timed against RTO and RPO, reported as evidence.')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err, getOutHasColors: () => terminal.colour })
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
    .addHelpText('after', examples(['run drills/multi-region-failover.yaml', 'plan drills/snapshot-restore.yaml']));

  runningCommands(program, { terminal, finish });
  preparingCommands(program, { terminal, finish });
  evidenceCommands(program, { terminal, finish });
  simulatingCommands(program, { terminal, finish });
  return program;
}

/** What is typed at the terminal, from its words to its exit code. */
export async function main(): Promise<void> {
  const terminal = processTerminal();
  const finish = (exitCode: number) => {
    process.exitCode = exitCode;
  };
  try {
    await commandLine(terminal, finish).parseAsync();
  } catch (error) {
    // Commander has told its own mistakes already, and ends `--help` and `--version` this way too.
    if (error instanceof CommanderError) return finish(error.exitCode === 0 ? 0 : exitCodes['bad-input']);
    const { complain } = await import('./complain.ts');
    finish(complain(error, { json: process.argv.includes('--json') }, terminal));
  }
}

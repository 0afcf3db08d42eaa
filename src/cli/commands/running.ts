import { type Command, Option } from 'commander';
import {
  examples,
  file,
  files,
  format,
  json,
  metrics,
  positive,
  range,
  type Surroundings,
  set,
  share,
  wholeNumber,
} from './options.ts';

/** Runs a drill, and has a say in one that is under way. */
export function runningCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('run')
    .helpGroup('Run drills:')
    .description('run a drill in simulated AWS, without an account; with --live, run it in your account')
    .argument('<drills...>', 'drill files; several are rehearsed in parallel, with a summary', files({ terminal }))
    .option('--seed <number>', 'seed of the simulation: the same seed gives the same run', wholeNumber)
    .addOption(set)
    .option('--speed <factor>', 'play a dry run at this multiple of real time (default: as fast as possible)', positive)
    .option('--live', 'run in the real account, with the credentials that the AWS SDK finds; asks for confirmation')
    .option('--read-only', 'with --live: check everything, and stop before the first change')
    .option('--confirm <drill>', "with --live: the drill's name, as confirmation without a terminal")
    .option('--runs <folder>', 'where to create the run folder', 'runs')
    .addOption(metrics)
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print only the verdict')
    .addOption(
      new Option('--log-level <level>', 'also write a log').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .option('--log-file <path>', 'write the log to a file instead of stderr')
    .option('--log-json', 'write the log as JSON lines')
    .addHelpText(
      'after',
      examples([
        'run drills/multi-region-failover.yaml',
        'run drills/multi-region-failover.yaml --seed 7 --set "simulation.promotion.takes=6 min"',
        'run drills/snapshot-restore.yaml --json | jq .exitCode',
        'run drills/*.yaml',
        'run drills/snapshot-restore.yaml --live --read-only',
      ]) + exitCodeHelp,
    )
    .action(async (paths, options) => finish(await (await import('../run.ts')).runCommand(paths, options, terminal)));

  program
    .command('rehearse')
    .helpGroup('Run drills:')
    .description('rehearse a drill with many seeds in simulated AWS: how likely is it to meet its targets?')
    .argument('<drill>', 'drill file', file({ terminal }))
    .option('--runs <number>', 'how many rehearsals, with seeds from 1 on (default: 1000)', wholeNumber)
    .option('--seeds <from-to>', 'rehearse these seeds instead, as in 4000-5000', range)
    .option('--threads <number>', 'how many rehearsals at a time (default: one for each core)', wholeNumber)
    .option('--at-least <share>', 'exit with 1 if fewer rehearsals pass, as in 95%', share)
    .addOption(set)
    .option('--keep <folder>', 'where the results are kept, and compared with the last ones', 'rehearsals')
    .addOption(json)
    .addHelpText(
      'after',
      examples([
        'rehearse drills/multi-region-failover.yaml --runs 10000',
        'rehearse drills/multi-region-failover.yaml --at-least 95%',
        'rehearse drills/multi-region-failover.yaml --seeds 4000-5000 --set "simulation.promotion.takes=3 min"',
      ]) + rehearseExitCodes,
    )
    .action(async (path, options) =>
      finish(await (await import('../rehearsals.ts')).rehearsalsCommand(path, options, terminal)),
    );

  program
    .command('resume')
    .helpGroup('Run drills:')
    .description('resume an interrupted live run')
    .argument('<run>', 'the run folder')
    .addOption(metrics)
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print only the verdict')
    .option('--load-steps', 'load the step modules that the run started with')
    .addHelpText('after', examples(['resume runs/2026-11-23T09-30-00Z-multi-region-failover']) + exitCodeHelp)
    .action(async (folder, options) =>
      finish(await (await import('../resume.ts')).resumeCommand(folder, options, terminal)),
    );

  program
    .command('continue')
    .helpGroup('Run drills:')
    .description('decide how a held live run continues; without an option, show the choices')
    .argument('<run>', 'the run folder')
    .option('--retry [step]', 'retry the failed steps, or only this one')
    .option('--skip <step>', 'continue without this step; requires --why')
    .option('--take-over <step>', 'you did this step by hand: dr-drill checks it, then continues')
    .option('--roll-back', 'undo what can be undone; possible until 30 min after a run that passed')
    .option('--give-up', 'end the run and change nothing more')
    .option('--why <text>', 'reason, for the record')
    .option('--by <name>', 'who decides (default: the user of this machine)')
    .option('--key <file>', 'if the topology names people: the private key to sign with (default: your AWS identity)')
    .option('--confirm <drill>', "the drill's name, to confirm that an ended run is reopened")
    .addOption(metrics)
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print only the verdict')
    .option('--load-steps', 'load the step modules that the run started with')
    .addHelpText(
      'after',
      examples([
        'continue runs/2026-11-23T09-30-00Z-multi-region-failover',
        'continue runs/2026-11-23T09-30-00Z-multi-region-failover --retry',
      ]) + exitCodeHelp,
    )
    .action(async (folder, options) =>
      finish(await (await import('../continue.ts')).continueCommand(folder, options, terminal)),
    );

  program
    .command('approve')
    .helpGroup('Run drills:')
    .description('answer a live run that waits for an approval or a checklist item')
    .argument('<run>', 'the run folder')
    .option('--by <name>', 'who answers (default: the user of this machine)')
    .option('--key <file>', 'if the topology names people: the private key to sign with (default: your AWS identity)')
    .option('--role <role>', 'the role to answer for, if several are asked')
    .option('--refuse', 'refuse: the drill stops and rolls back; for a checklist item, answer no')
    .option('--reason <text>', 'reason, for the record')
    .addHelpText('after', examples(['approve runs/2026-11-23T09-30-00Z-multi-region-failover --by "Mei-Ling Chen"']))
    .action(async (folder, options) =>
      finish(await (await import('../approve.ts')).approveCommand(folder, options, terminal)),
    );

  program
    .command('abort')
    .helpGroup('Run drills:')
    .description('abort a live run from another terminal; it rolls back or holds, as the drill file says, and reports')
    .argument('<run>', 'the run folder')
    .option('--reason <text>', 'reason, for the record')
    .addHelpText(
      'after',
      examples(['abort runs/2026-11-23T09-30-00Z-multi-region-failover --reason "too risky today"']),
    )
    .action(async (folder, options) =>
      finish(await (await import('../abort.ts')).abortCommand(folder, options, terminal)),
    );

  program
    .command('board')
    .helpGroup('Run drills:')
    .description('serve a web page that shows all runs of a folder live; needs no AWS account')
    .option('--listen <host:port>', 'address to listen on; port 0 picks a free port', '127.0.0.1:8080')
    .option('--runs <folder>', 'where the run folders are', 'runs')
    .option(
      '--token-file <file>',
      'file with the token that viewers need; required unless only this machine can connect',
    )
    .option(
      '--as <identity>',
      "take decisions on the page as yourself: your private key file, or aws for this process's AWS identity",
    )
    .addHelpText(
      'after',
      examples(['board', 'board --as ann.pem', 'board --listen 0.0.0.0:8080 --token-file board.token']),
    )
    .action(async (options) => finish(await (await import('../board.ts')).boardCommand(options, terminal)));
}

const rehearseExitCodes = `
Exit codes:
  0  the rehearsals were made; with --at-least, as many passed
  1  fewer passed than --at-least asks for
  2  bad input or usage
  4  broken off before the first rehearsal ended
`;

const exitCodeHelp = `
Exit codes:
  0  passed
  1  a target was missed, or a check failed
  2  bad input or usage
  3  a step failed: rolled back, or held for a person to decide
  4  aborted
`;

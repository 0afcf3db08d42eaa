import { type Command, Option } from 'commander';
import { examples, files, format, json, metrics, positive, type Surroundings, set, wholeNumber } from './options.ts';

/** Runs a drill, and has a say in one that is under way. */
export function runningCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('run')
    .description('run a drill: in simulated AWS, which needs no account and changes nothing, unless --live is given')
    .argument('<drills...>', 'the drill file; several are rehearsed side by side, with a summary', files({ terminal }))
    .option('--seed <number>', 'another course of events; one seed gives one run, to the byte', wholeNumber)
    .addOption(set)
    .option('--speed <factor>', 'show a dry run at so many times real time, instead of at once', positive)
    .option('--live', 'run it for real, with the credentials that the AWS SDK finds; asks before it begins')
    .option('--read-only', 'with --live: look at everything, and end before the first change')
    .option('--confirm <drill>', 'with --live: the name of the drill, where nobody can type it')
    .option('--runs <folder>', 'where run folders are made', 'runs')
    .addOption(metrics)
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print nothing but the verdict')
    .addOption(
      new Option('--log-level <level>', 'write a log as well').choices([
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
    .command('resume')
    .description('take up a live run whose process ended, where it stands')
    .argument('<run>', 'the run folder')
    .addOption(metrics)
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print nothing but the verdict')
    .option('--load-steps', 'run the modules with steps of its own that the run was begun with')
    .addHelpText('after', examples(['resume runs/2026-11-23T09-30-00Z-multi-region-failover']) + exitCodeHelp)
    .action(async (folder, options) =>
      finish(await (await import('../resume.ts')).resumeCommand(folder, options, terminal)),
    );

  program
    .command('continue')
    .description('decide how a held live run goes on; without a decision, tell what can be decided')
    .argument('<run>', 'the run folder')
    .option('--retry [step]', 'do the steps again that did not succeed')
    .option('--skip <step>', 'go on without this step; needs --why')
    .option('--take-over <step>', 'you did this step by hand: it is looked at, then the run goes on')
    .option('--roll-back', 'undo what can be undone; open for 30 min after a run that passed')
    .option('--give-up', 'end the run as it is')
    .option('--why <text>', 'why, for the record')
    .option('--by <name>', 'who decides; the user of this machine by default')
    .option(
      '--key <file>',
      'a private key that signs the decision, where the topology names people; otherwise the AWS identity counts',
    )
    .option('--confirm <drill>', "the drill's name: opening an ended run again has to be confirmed")
    .addOption(metrics)
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print nothing but the verdict')
    .option('--load-steps', 'run the modules with steps of its own that the run was begun with')
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
    .description('answer a live run that waits for somebody: an approval, or the open item of a checklist')
    .argument('<run>', 'the run folder')
    .option('--by <name>', 'who answers; the user of this machine by default')
    .option(
      '--key <file>',
      'a private key that signs the answer, where the topology names people; otherwise the AWS identity counts',
    )
    .option('--role <role>', 'for which of the roles that are asked')
    .option('--refuse', 'refuse: the drill stops and undoes what it changed; for an item of a checklist, say no')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', examples(['approve runs/2026-11-23T09-30-00Z-multi-region-failover --by "Mei-Ling Chen"']))
    .action(async (folder, options) =>
      finish(await (await import('../approve.ts')).approveCommand(folder, options, terminal)),
    );

  program
    .command('abort')
    .description('abort a live run from another terminal: it undoes what it changed, or holds, and reports')
    .argument('<run>', 'the run folder')
    .option('--reason <text>', 'why, for the record')
    .addHelpText(
      'after',
      examples(['abort runs/2026-11-23T09-30-00Z-multi-region-failover --reason "too risky today"']),
    )
    .action(async (folder, options) =>
      finish(await (await import('../abort.ts')).abortCommand(folder, options, terminal)),
    );

  program
    .command('board')
    .description('serve a page that shows all runs of a folder live; it reads run folders and needs no account')
    .option('--listen <host:port>', 'where to listen; port 0 takes any that is free', '127.0.0.1:8080')
    .option('--runs <folder>', 'where the run folders are', 'runs')
    .option('--token-file <file>', 'a file with the token that viewers must give; needed wherever others can connect')
    .option(
      '--as <identity>',
      'decide from the page as yourself, where the topology names people: a file with your private key, or aws for the AWS identity of this process',
    )
    .addHelpText(
      'after',
      examples(['board', 'board --as ann.pem', 'board --listen 0.0.0.0:8080 --token-file board.token']),
    )
    .action(async (options) => finish(await (await import('../board.ts')).boardCommand(options, terminal)));
}

const exitCodeHelp = `
Exit codes:
  0  passed
  1  a target was missed, or a check failed
  2  bad input or usage
  3  a step failed: rolled back, or held for a person to decide
  4  aborted
`;

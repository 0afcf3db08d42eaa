import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { formatNames } from '../report/format-names.ts';
import { callRule } from './call-rule.ts';
import { exitCodes } from './exit-codes.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { version } from './version.ts';

// Said for the user's sake by the SDK, but it would be said in the middle of every drill.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const set = new Option('--set <path=value>', 'set a value of the drill file, as --set "targets.rto=3 min"; repeatable')
  .argParser(repeated)
  .default([], 'none');
const format = new Option('--format <formats...>', 'what the report is written as (default: html json md)').choices([
  ...formatNames,
]);
const json = new Option('--json', 'answer in JSON, for machines');

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

  program
    .command('run')
    .description('run a drill: in simulated AWS, which needs no account and changes nothing, unless --live is given')
    .argument('<drills...>', 'the drill file; several are rehearsed side by side, with a summary')
    .option('--seed <number>', 'another course of events; one seed gives one run, to the byte', wholeNumber)
    .addOption(set)
    .option('--speed <factor>', 'show a dry run at so many times real time, instead of at once', positive)
    .option('--live', 'run it for real, with the credentials that the AWS SDK finds; asks before it begins')
    .option('--read-only', 'with --live: look at everything, and end before the first change')
    .option('--confirm <drill>', 'with --live: the name of the drill, where nobody can type it')
    .option('--runs <folder>', 'where run folders are made', 'runs')
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
    .action(async (paths, options) => finish(await (await import('./run.ts')).runCommand(paths, options, terminal)));

  program
    .command('resume')
    .description('take up a live run whose process ended, where it stands')
    .argument('<run>', 'the run folder')
    .addOption(json)
    .addOption(format)
    .option('-q, --quiet', 'print nothing but the verdict')
    .addHelpText('after', examples(['resume runs/2026-11-23T09-30-00Z-multi-region-failover']) + exitCodeHelp)
    .action(async (folder, options) =>
      finish(await (await import('./resume.ts')).resumeCommand(folder, options, terminal)),
    );

  program
    .command('approve')
    .description('answer a live run that waits for somebody: an approval, or the open item of a checklist')
    .argument('<run>', 'the run folder')
    .option('--by <name>', 'who answers; the user of this machine, unless said')
    .option('--role <role>', 'for which of the roles that are asked')
    .option('--refuse', 'refuse: the drill stops and undoes what it changed; for an item of a checklist, say no')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', examples(['approve runs/2026-11-23T09-30-00Z-multi-region-failover --by "Mei-Ling Chen"']))
    .action(async (folder, options) =>
      finish((await import('./approve.ts')).approveCommand(folder, options, terminal)),
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
    .action(async (folder, options) => finish((await import('./abort.ts')).abortCommand(folder, options, terminal)));

  program
    .command('new')
    .description('write a drill and a topology to begin with; asks for what no option says, and overwrites nothing')
    .argument('[name]', "the drill's name")
    .option('--like <drill>', 'the shipped drill that it is made like (default: multi-region-failover)')
    .option('--system <name>', "what the names of the system's parts begin with")
    .option('--account <digits>', 'the AWS account')
    .option('--primary <region>', 'the region that serves')
    .option('--recovery <region>', 'the region that takes over')
    .option('--domain <name>', 'the public name that customers use')
    .option('--topology <file>', 'a topology that is there already: none is written then')
    .option('--folder <folder>', 'where they are written', 'drills')
    .addHelpText(
      'after',
      examples([
        'new',
        'new my-failover --system shop --account 123456789012 --primary eu-central-1 --recovery eu-west-1 --domain shop.example.org',
        'new my-restore --like snapshot-restore --topology drills/topologies/shop.yaml',
      ]),
    )
    .action(async (name, options) => finish(await (await import('./new.ts')).newCommand(name, options, terminal)));

  program
    .command('discover')
    .description(
      'read an account, which it cannot change, and write its topology, with comments on what it could not tell',
    )
    .requiredOption('--primary <region>', 'the region that serves')
    .requiredOption('--recovery <region>', 'the region that takes over')
    .option('--domain <name>', 'the public name that customers use, where there are several')
    .option('-o, --output <file>', 'where to write it', 'drills/topologies/discovered.yaml')
    .addHelpText(
      'after',
      examples(['discover --primary eu-central-1 --recovery eu-west-1 -o drills/topologies/shop.yaml']),
    )
    .action(async (options) => finish(await (await import('./discover.ts')).discoverCommand(options, terminal)));

  program
    .command('validate')
    .description('check drill files and the topologies that they name; every mistake is told at once')
    .argument('<files...>', 'drill or topology files')
    .addOption(json)
    .addHelpText('after', examples(['validate drills/*.yaml drills/topologies/*.yaml']))
    .action(async (paths, options) =>
      finish((await import('./validate.ts')).validateCommand(paths, options, terminal)),
    );

  program
    .command('list')
    .description('list the drills of a folder')
    .argument('[folder]', 'where the drill files are', 'drills')
    .addOption(json)
    .addHelpText('after', examples(['list', 'list drills --json']))
    .action(async (folder, options) => finish((await import('./list.ts')).listCommand(folder, options, terminal)));

  program
    .command('steps')
    .description("list the kinds of steps that a drill's own course can use, and what each is told in 'with'")
    .addOption(json)
    .addHelpText('after', examples(['steps', 'steps --json']))
    .action(async (options) => finish((await import('./steps.ts')).stepsCommand(options, terminal)));

  program
    .command('plan')
    .description('show what a drill would do: phases, steps, calls, permissions, and what its time hangs on')
    .argument('<drill>', 'the drill file')
    .addOption(set)
    .addOption(json)
    .addHelpText('after', examples(['plan drills/multi-region-failover.yaml']))
    .action(async (path, options) => finish(await (await import('./plan.ts')).planCommand(path, options, terminal)));

  program
    .command('preflight')
    .description('compare topology and account, and tell what would go wrong in a drill; changes nothing')
    .argument('<drill>', 'the drill file')
    .option('--live', 'look at the real account, with the credentials that the AWS SDK finds')
    .addOption(set)
    .addOption(json)
    .addHelpText(
      'after',
      examples(['preflight drills/multi-region-failover.yaml', 'preflight drills/snapshot-restore.yaml --json']) +
        preflightHelp,
    )
    .action(async (path, options) =>
      finish(await (await import('./preflight.ts')).preflightCommand(path, options, terminal)),
    );

  program
    .command('iam-policy')
    .description('print the least that IAM must allow for a drill, as a policy')
    .argument('<drill>', 'the drill file')
    .addOption(
      new Option('--for <purpose>', 'the whole drill, a run with --read-only, or the preflight alone')
        .choices(['live', 'read-only', 'preflight'])
        .default('live'),
    )
    .option('-o, --output <file>', 'write it to a file')
    .addOption(set)
    .addHelpText(
      'after',
      examples([
        'iam-policy drills/multi-region-failover.yaml',
        'iam-policy drills/snapshot-restore.yaml --for preflight -o preflight-policy.json',
      ]),
    )
    .action(async (path, options) =>
      finish((await import('./iam-policy.ts')).iamPolicyCommand(path, options, terminal)),
    );

  program
    .command('graph')
    .description("draw a drill's state machine, as Mermaid or SVG")
    .argument('<drill>', 'the drill file')
    .addOption(new Option('--format <format>', 'what to draw it as').choices(['mermaid', 'svg']).default('mermaid'))
    .option('-o, --output <file>', 'write it to a file')
    .addOption(set)
    .addHelpText(
      'after',
      examples([
        'graph drills/multi-region-failover.yaml',
        'graph drills/snapshot-restore.yaml --format svg -o restore.svg',
      ]),
    )
    .action(async (path, options) => finish(await (await import('./graph.ts')).graphCommand(path, options, terminal)));

  program
    .command('report')
    .description('make the reports of a run again, from its journal alone')
    .argument('<run>', 'the run folder, or its journal.jsonl')
    .addOption(format)
    .option('-o, --output <folder>', 'where to write them; beside the journal, unless given')
    .addOption(json)
    .addHelpText('after', examples(['report runs/2026-11-23T09-30-00Z-multi-region-failover']))
    .action(async (path, options) =>
      finish(await (await import('./report.ts')).reportCommand(path, options, terminal)),
    );

  program
    .command('verify')
    .description(
      'tell whether a run, or its bundle, is as it was sealed, and whether every figure follows from its journal',
    )
    .argument('<run|bundle>', 'the run folder, or the archive that bundle made')
    .option('--key <file|fingerprint>', 'a public key that may have sealed it; repeatable', repeated, [])
    .addOption(json)
    .addHelpText(
      'after',
      examples(['verify runs/2026-11-23T09-30-00Z-snapshot-restore', 'verify drill.zip --key team.pem']),
    )
    .action(async (path, options) =>
      finish(await (await import('./verify.ts')).verifyCommand(path, options, terminal)),
    );

  program
    .command('bundle')
    .description('pack a sealed run into one archive for an auditor')
    .argument('<run>', 'the run folder')
    .option('-o, --output <file>', 'where to write it; beside you by the name of the run, unless given')
    .addHelpText('after', examples(['bundle runs/2026-11-23T09-30-00Z-snapshot-restore -o evidence.zip']))
    .action(async (run, options) => finish((await import('./bundle.ts')).bundleCommand(run, options, terminal)));

  program
    .command('debrief')
    .description('record what people say of a run that has ended, signed: what went well, what did not, who does what')
    .argument('<run>', 'the run folder')
    .option('--from <file>', 'a YAML file with participants, well, badly, actions and closed')
    .option('--by <name>', 'who writes it down; the user of this machine, unless said')
    .addOption(several('--participant <name;role>', 'who took part', repeated))
    .addOption(several('--well <text>', 'what went well', repeated))
    .addOption(several('--badly <text>', 'what did not', repeated))
    .addOption(several('--action <what;owner;day>', 'what is to be done; a fourth part names the finding', repeated))
    .addOption(several('--close <number>', 'an action of this run that is done', eachNumber))
    .addOption(json)
    .addHelpText(
      'after',
      examples([
        'debrief runs/2026-11-23T09-30-00Z-snapshot-restore',
        'debrief runs/2026-11-23T09-30-00Z-snapshot-restore --action "Raise the quota; Mei-Ling Chen; 2026-12-24"',
      ]),
    )
    .action(async (run, options) =>
      finish(await (await import('./debrief.ts')).debriefCommand(run, options, terminal)),
    );

  program
    .command('calendar')
    .description('show which drills of a schedule are done, due and overdue, and what the last year reached')
    .argument('<schedule>', 'the schedule file')
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--at <day>', 'look from this day instead of today')
    .option('--ics <file>', 'write the coming year as iCalendar')
    .addOption(json)
    .addHelpText('after', examples(['calendar drills/schedules/ecommerce-platform.yaml --ics drills.ics']))
    .action(async (path, options) =>
      finish(await (await import('./calendar.ts')).calendarCommand(path, options, terminal)),
    );

  program
    .command('history')
    .description('show how runs went over time, and where the last one did worse than those before')
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--drill <name>', 'only runs of this drill')
    .option('--html <file>', 'write a page with charts')
    .addOption(json)
    .addHelpText('after', examples(['history', 'history --drill snapshot-restore --html history.html']))
    .action(async (options) => finish(await (await import('./history.ts')).historyCommand(options, terminal)));

  program
    .command('simulate')
    .description("serve the simulated account over HTTP in AWS's own protocols, in real time, to any client of AWS")
    .requiredOption('--topology <file>', 'the topology whose regions and resources are simulated')
    .option('--listen <host:port>', 'where to listen; port 0 takes any that is free', '127.0.0.1:4566')
    .option('--speed <factor>', 'how many times faster than AWS everything goes that takes time', positive, 1)
    .option('--seed <number>', 'another course of events', wholeNumber, 1)
    .option('--latency <ms>', 'make every answer come so much later', wholeNumber)
    .addOption(several('--throttle <calls>', 'refuse calls as too fast, as "rds:PromoteReadReplica=3"', callRule))
    .addOption(several('--lose <calls>', 'carry calls out and never answer, as "rds:PromoteReadReplica=1"', callRule))
    .addOption(several('--silent <region>', 'answer no call in a region', repeated))
    .addOption(several('--deny <action>', 'deny an action, as "rds:PromoteReadReplica" or "eks:*"', repeated))
    .option('--expired-credentials', 'answer that the credentials have expired')
    .option('--account <digits>', 'tell callers that they are in this account')
    .option('-q, --quiet', 'print nothing but the address')
    .addHelpText(
      'after',
      examples(['simulate --topology drills/topologies/ecommerce-platform.yaml --speed 20']) + controlHelp,
    )
    .action(async (options) => finish(await (await import('./simulate.ts')).simulateCommand(options, terminal)));

  return program;
}

const examples = (lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ dr-drill ${line}`).join('\n')}\n`;

const exitCodeHelp = `
Exit codes:
  0  passed
  1  a target was missed, or a check failed
  2  bad input or usage
  3  a step failed: rolled back, or held for a person to decide
  4  aborted
`;

const preflightHelp = `
Exit codes:
  0  nothing stops the drill
  1  something would stop it
  2  bad input or usage
`;

const controlHelp = `
While it runs, on the same port:
  GET  /_dr-drill/state   the world, and what goes wrong on the way, as JSON
  POST /_dr-drill/chaos   change what goes wrong: what is named replaces what was, and all else stays
       {"latencyMs": 500, "throttle": {"service": "rds", "operation": "PromoteReadReplica", "calls": 3},
        "lose": {"service": "rds", "operation": "PromoteReadReplica", "calls": 1}, "silentRegions": ["ap-east-2"],
        "denied": ["eks:*"], "expiredCredentials": true, "account": "999999999999"}
`;

/** An option that may be given more than once. */
const several = <T>(flags: string, description: string, parser: (value: string, earlier: T[]) => T[]): Option =>
  new Option(flags, `${description}; repeatable`).argParser(parser).default([], 'none');

function repeated(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

const eachNumber = (text: string, earlier: number[]): number[] => [...earlier, wholeNumber(text)];

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, such as 7.');
  return Number(text);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0, such as 60.');
  return value;
}

async function main(): Promise<void> {
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

await main();

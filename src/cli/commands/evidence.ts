import { type Command, Option } from 'commander';
import {
  eachNumber,
  examples,
  file,
  format,
  json,
  repeated,
  type Surroundings,
  several,
  wholeNumber,
} from './options.ts';

/** What is left of drills, and what the year makes of it. */
export function evidenceCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('report')
    .helpGroup('Reports and evidence:')
    .description("make a run's reports again from its journal")
    .argument('<run>', 'the run folder, or its journal.jsonl')
    .addOption(format)
    .option('-o, --output <folder>', 'where to write them (default: beside the journal)')
    .addOption(json)
    .addHelpText('after', examples(['report runs/2026-11-23T09-30-00Z-multi-region-failover']))
    .action(async (path, options) =>
      finish(await (await import('../report.ts')).reportCommand(path, options, terminal)),
    );

  program
    .command('drift')
    .helpGroup('Reports and evidence:')
    .description(
      'show which Terraform, OpenTofu or CloudFormation resources a run changed, and how to keep the next apply from reverting them',
    )
    .argument('<run>', 'the run folder, or its journal.jsonl')
    .option('--terraform <file>', 'output of terraform show -json, or a state file')
    .option('--cloudformation <file>', 'output of aws cloudformation describe-stack-resources')
    .option('-o, --output <folder>', 'write Terraform blocks, or values for the template, that keep the changes')
    .addOption(json)
    .addHelpText(
      'after',
      examples([
        'drift runs/2026-11-23T09-30-00Z-multi-region-failover --terraform state.json -o infrastructure',
        'drift runs/2026-11-23T09-30-00Z-multi-region-failover --cloudformation stack.json',
      ]) +
        `
Exit codes:
  0  the next apply or update reverts nothing
  1  the next apply or update would revert or destroy something
`,
    )
    .action(async (run, options) => finish((await import('../drift.ts')).driftCommand(run, options, terminal)));

  program
    .command('verify')
    .helpGroup('Reports and evidence:')
    .description(
      'check that a run or bundle is unchanged since it was sealed, and that every figure follows from its journal',
    )
    .argument('<run|bundle>', 'the run folder, or a bundle')
    .option('--key <file|fingerprint>', 'a public key that you trust; repeatable', repeated, [])
    .addOption(json)
    .addHelpText(
      'after',
      examples(['verify runs/2026-11-23T09-30-00Z-snapshot-restore', 'verify drill.zip --key team.pem']),
    )
    .action(async (path, options) =>
      finish(await (await import('../verify.ts')).verifyCommand(path, options, terminal)),
    );

  program
    .command('seal')
    .helpGroup('Reports and evidence:')
    .description('seal a run that ended without a seal, because its process was killed or its key was out of reach')
    .argument('<run>', 'the run folder')
    .addHelpText('after', examples(['seal runs/2026-11-23T09-30-00Z-snapshot-restore']))
    .action(async (run) => finish(await (await import('../seal.ts')).sealCommand(run, terminal)));

  program
    .command('bundle')
    .helpGroup('Reports and evidence:')
    .description('pack a sealed run into one archive for an auditor')
    .argument('<run>', 'the run folder')
    .option('-o, --output <file>', 'where to write it (default: the current folder, named after the run)')
    .option('--upload <s3://bucket/prefix>', "store it in S3 with Object Lock, in the account of the run's topology")
    .option('--years <number>', 'with --upload: years to keep it', wholeNumber, 7)
    .addOption(
      new Option(
        '--lock <mode>',
        'with --upload: compliance: nobody can shorten the time; governance: people with the permission can',
      )
        .choices(['compliance', 'governance'])
        .default('compliance'),
    )
    .addHelpText(
      'after',
      examples([
        'bundle runs/2026-11-23T09-30-00Z-snapshot-restore -o evidence.zip',
        'bundle runs/2026-11-23T09-30-00Z-snapshot-restore --upload s3://drill-evidence/2026',
      ]),
    )
    .action(async (run, options) => finish(await (await import('../bundle.ts')).bundleCommand(run, options, terminal)));

  program
    .command('debrief')
    .helpGroup('Reports and evidence:')
    .description('record a signed review of a run: what went well, what went badly, and actions with owners')
    .argument('<run>', 'the run folder')
    .option('--from <file>', 'a YAML file with participants, well, badly, actions and closed')
    .option('--by <name>', 'who records it (default: the user of this machine)')
    .addOption(several('--participant <name;role>', 'who took part', repeated))
    .addOption(several('--well <text>', 'what went well', repeated))
    .addOption(several('--badly <text>', 'what went badly', repeated))
    .addOption(
      several(
        '--action <what;owner;day>',
        'what to do, by whom, by when; a fourth part names a finding, a fifth a runbook to change',
        repeated,
      ),
    )
    .addOption(several('--close <number>', 'number of an action of this run that is done', eachNumber))
    .addOption(json)
    .addHelpText(
      'after',
      examples([
        'debrief runs/2026-11-23T09-30-00Z-snapshot-restore',
        'debrief runs/2026-11-23T09-30-00Z-snapshot-restore --action "Raise the quota; Mei-Ling Chen; 2026-12-24"',
      ]),
    )
    .action(async (run, options) =>
      finish(await (await import('../debrief.ts')).debriefCommand(run, options, terminal)),
    );

  program
    .command('notices')
    .helpGroup('Schedule:')
    .description(
      'show the message that each channel of a topology would get; --test, --overdue and --announce send messages',
    )
    .argument('<file>', 'a drill or topology file; a schedule with --overdue or --announce', file({ terminal }))
    .option('--test <channel>', 'send a test message to this channel')
    .option('--overdue', 'send a reminder of what is overdue in a schedule')
    .option('--announce', 'announce live drills of a schedule that start within a week, each once')
    .option('--runs <folder>', 'where run folders are', 'runs')
    .option('--at <day>', 'use this day instead of today')
    .addOption(json)
    .addHelpText(
      'after',
      examples([
        'notices drills/topologies/ecommerce-platform.yaml',
        'notices drills/multi-region-failover.yaml --test incidents',
        'notices drills/schedules/ecommerce-platform.yaml --overdue',
        'notices drills/schedules/ecommerce-platform.yaml --announce',
      ]),
    )
    .action(async (path, options) =>
      finish(await (await import('../notices.ts')).noticesCommand(path, options, terminal)),
    );

  program
    .command('calendar')
    .helpGroup('Schedule:')
    .description('show which drills of a schedule are done, due and overdue, and the results of the last year')
    .argument('<schedule>', 'the schedule file', file({ terminal }))
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--at <day>', 'use this day instead of today')
    .option('--ics <file>', 'write the next 12 months as iCalendar, with an alarm a week before each drill')
    .option('--html <file>', 'write an HTML page: what is due, the next 12 months, the results of the last 12')
    .addOption(json)
    .addHelpText('after', examples(['calendar drills/schedules/ecommerce-platform.yaml --ics drills.ics']))
    .action(async (path, options) =>
      finish(await (await import('../calendar.ts')).calendarCommand(path, options, terminal)),
    );

  program
    .command('due')
    .helpGroup('Schedule:')
    .description('list drills, debriefs and actions that are due or overdue; --run makes the dry runs')
    .argument('<schedule>', 'the schedule file', file({ terminal }))
    .option('--run', 'make the dry runs that are due, one after the other; live runs are only listed')
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--at <day>', 'use this day instead of today')
    .addOption(
      new Option('--metrics <where>', 'send the number of overdue items to CloudWatch in the accounts').choices([
        'cloudwatch',
      ]),
    )
    .addOption(json)
    .addHelpText(
      'after',
      examples(['due drills/schedules/ecommerce-platform.yaml', 'due drills/schedules/ecommerce-platform.yaml --run']) +
        dueHelp,
    )
    .action(async (path, options) => finish(await (await import('../due.ts')).dueCommand(path, options, terminal)));

  program
    .command('alarms')
    .helpGroup('Schedule:')
    .description('write a CloudFormation template with CloudWatch alarms for the drills of a schedule')
    .argument('<schedule>', 'the schedule file', file({ terminal }))
    .option('-o, --output <file>', 'write it to a file')
    .addHelpText('after', examples(['alarms drills/schedules/ecommerce-platform.yaml -o alarms.json']))
    .action(async (path, options) => finish((await import('../alarms.ts')).alarmsCommand(path, options, terminal)));

  program
    .command('history')
    .helpGroup('Reports and evidence:')
    .description('show trends over runs, and where the last run was worse than earlier ones')
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--drill <name>', 'show only this drill')
    .option('--all', 'include runs with --set')
    .option('--html <file>', 'write a page with charts')
    .addOption(json)
    .addHelpText('after', examples(['history', 'history --drill snapshot-restore --html history.html']))
    .action(async (options) => finish(await (await import('../history.ts')).historyCommand(options, terminal)));
}

const dueHelp = `
Exit codes:
  0  nothing is due
  1  something is due or overdue, or a dry run missed a target
  2  bad input or usage
  3  a step of a dry run failed
`;

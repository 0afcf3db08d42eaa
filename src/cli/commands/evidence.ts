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
    .description('make the reports of a run again, from its journal alone')
    .argument('<run>', 'the run folder, or its journal.jsonl')
    .addOption(format)
    .option('-o, --output <folder>', 'where to write them; beside the journal by default')
    .addOption(json)
    .addHelpText('after', examples(['report runs/2026-11-23T09-30-00Z-multi-region-failover']))
    .action(async (path, options) =>
      finish(await (await import('../report.ts')).reportCommand(path, options, terminal)),
    );

  program
    .command('drift')
    .description(
      'say what a run has changed that Terraform, OpenTofu or CloudFormation manage, and what keeps the next plan or update from reverting it',
    )
    .argument('<run>', 'the run folder, or its journal.jsonl')
    .option('--terraform <file>', 'the state: of terraform show -json, or a state file')
    .option('--cloudformation <file>', 'the stack: of aws cloudformation describe-stack-resources')
    .option('-o, --output <folder>', 'write there what keeps it from that: blocks, or values for the template')
    .addOption(json)
    .addHelpText(
      'after',
      examples([
        'drift runs/2026-11-23T09-30-00Z-multi-region-failover --terraform state.json -o infrastructure',
        'drift runs/2026-11-23T09-30-00Z-multi-region-failover --cloudformation stack.json',
      ]) +
        `
Exit codes:
  0  the next plan or update would revert nothing
  1  it would revert or destroy something
`,
    )
    .action(async (run, options) => finish((await import('../drift.ts')).driftCommand(run, options, terminal)));

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
      finish(await (await import('../verify.ts')).verifyCommand(path, options, terminal)),
    );

  program
    .command('seal')
    .description('seal a run that ended without a seal: it was killed at the very end, or its key was out of reach')
    .argument('<run>', 'the run folder')
    .addHelpText('after', examples(['seal runs/2026-11-23T09-30-00Z-snapshot-restore']))
    .action(async (run) => finish(await (await import('../seal.ts')).sealCommand(run, terminal)));

  program
    .command('bundle')
    .description('pack a sealed run into one archive for an auditor')
    .argument('<run>', 'the run folder')
    .option('-o, --output <file>', 'where to write it; beside you by the name of the run by default')
    .option(
      '--upload <s3://bucket/prefix>',
      "have S3 keep it, with Object Lock, in the account that the run's topology names",
    )
    .option('--years <number>', 'with --upload: how long', wholeNumber, 7)
    .addOption(
      new Option('--lock <mode>', 'with --upload: who can shorten that: nobody, or anyone who has the permission')
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
    .description('record what people say of a run that has ended, signed: what went well, what did not, who does what')
    .argument('<run>', 'the run folder')
    .option('--from <file>', 'a YAML file with participants, well, badly, actions and closed')
    .option('--by <name>', 'who writes it down; the user of this machine by default')
    .addOption(several('--participant <name;role>', 'who took part', repeated))
    .addOption(several('--well <text>', 'what went well', repeated))
    .addOption(several('--badly <text>', 'what did not', repeated))
    .addOption(
      several(
        '--action <what;owner;day>',
        'what is to be done; a fourth part names the finding, a fifth the runbook that it changes',
        repeated,
      ),
    )
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
      finish(await (await import('../debrief.ts')).debriefCommand(run, options, terminal)),
    );

  program
    .command('notices')
    .description('show what each channel of a topology would be sent; --test, --overdue and --announce send')
    .argument('<file>', 'a drill or topology file; a schedule, for what is overdue', file({ terminal }))
    .option('--test <channel>', 'send a test message over this channel')
    .option('--overdue', 'of a schedule: tell what is overdue; each call is a reminder')
    .option('--announce', 'of a schedule: announce live drills that begin within a week, each once')
    .option('--runs <folder>', 'where run folders are', 'runs')
    .option('--at <day>', 'of a schedule: look from this day instead of today')
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
    .description('show which drills of a schedule are done, due and overdue, and what the last year reached')
    .argument('<schedule>', 'the schedule file', file({ terminal }))
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--at <day>', 'look from this day instead of today')
    .option('--ics <file>', 'write the coming year as iCalendar, with an alarm a week ahead')
    .option('--html <file>', 'write a page: what is due, the coming year, what the last one reached')
    .addOption(json)
    .addHelpText('after', examples(['calendar drills/schedules/ecommerce-platform.yaml --ics drills.ics']))
    .action(async (path, options) =>
      finish(await (await import('../calendar.ts')).calendarCommand(path, options, terminal)),
    );

  program
    .command('due')
    .description('list what is due or overdue: drills of a schedule, debriefs and actions; --run rehearses')
    .argument('<schedule>', 'the schedule file', file({ terminal }))
    .option('--run', 'make the dry runs that are due, one after the other; a live run is only named')
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--at <day>', 'look from this day instead of today')
    .addOption(
      new Option('--metrics <where>', 'send what is overdue to CloudWatch in the accounts').choices(['cloudwatch']),
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
    .description('write CloudWatch alarms on the drills of a schedule, as a CloudFormation template')
    .argument('<schedule>', 'the schedule file', file({ terminal }))
    .option('-o, --output <file>', 'write it to a file')
    .addHelpText('after', examples(['alarms drills/schedules/ecommerce-platform.yaml -o alarms.json']))
    .action(async (path, options) => finish((await import('../alarms.ts')).alarmsCommand(path, options, terminal)));

  program
    .command('history')
    .description('show how runs went over time, and where the last one did worse than those before')
    .option('--runs <folder>', 'where the runs are', 'runs')
    .option('--drill <name>', 'only runs of this drill')
    .option('--all', 'also runs with --set, which are left out otherwise')
    .option('--html <file>', 'write a page with charts')
    .addOption(json)
    .addHelpText('after', examples(['history', 'history --drill snapshot-restore --html history.html']))
    .action(async (options) => finish(await (await import('../history.ts')).historyCommand(options, terminal)));
}

const dueHelp = `
Exit codes:
  0  nothing is due
  1  something is due or overdue; or a rehearsal missed a target
  2  bad input or usage
  3  a step of a rehearsal failed
`;

import { type Command, Option } from 'commander';
import { examples, file, files, json, loadSteps, metrics, type Surroundings, set } from './options.ts';

/** What is done before a drill: files, plans and looks at the account. */
export function preparingCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('init')
    .helpGroup('Write drills:')
    .description(
      'write topology, drills, schedule and a CI workflow for your system; asks for what it cannot find, and overwrites nothing',
    )
    .option('--system <name>', "prefix of your resources' names (default: the name of this folder)")
    .option('--account <digits>', 'AWS account ID')
    .option('--primary <region>', 'the primary region, which serves customers now')
    .option('--recovery <region>', 'the recovery region, which takes over')
    .option('--domain <name>', 'the public DNS name that customers use')
    .option('--discover', 'write the topology from what the account has; only reads it')
    .option('--no-discover', 'write a topology of examples, without an AWS account')
    .option('--folder <folder>', 'where to write them', 'drills')
    .addHelpText(
      'after',
      examples([
        'init',
        'init --account 123456789012 --primary eu-central-1 --recovery eu-west-1 --domain shop.example.org',
        'init --primary eu-central-1 --recovery eu-west-1 --discover',
      ]),
    )
    .action(async (options) => finish(await (await import('../init.ts')).initCommand(options, terminal)));

  program
    .command('new')
    .helpGroup('Write drills:')
    .description('write a first drill and topology; asks for what the options do not say, and overwrites nothing')
    .argument('[name]', "the drill's name")
    .option('--like <drill>', 'the shipped drill to start from (default: multi-region-failover)')
    .option('--system <name>', "prefix of your resources' names")
    .option('--account <digits>', 'AWS account ID')
    .option('--primary <region>', 'the primary region, which serves customers now')
    .option('--recovery <region>', 'the recovery region, which takes over')
    .option('--domain <name>', 'the public DNS name that customers use, if the drill needs one')
    .option('--topology <file>', 'an existing topology to use; none is written then', file({ terminal }))
    .option('--folder <folder>', 'where to write them', 'drills')
    .addHelpText(
      'after',
      examples([
        'new',
        'new my-failover --system shop --account 123456789012 --primary eu-central-1 --recovery eu-west-1 --domain shop.example.org',
        'new my-restore --like snapshot-restore --topology drills/topologies/shop.yaml',
      ]),
    )
    .action(async (name, options) => finish(await (await import('../new.ts')).newCommand(name, options, terminal)));

  program
    .command('discover')
    .helpGroup('Write drills:')
    .description(
      'write a topology from what an AWS account has; only reads the account, and marks what you must fill in',
    )
    .requiredOption('--primary <region>', 'the primary region, which serves customers now')
    .requiredOption('--recovery <region>', 'the recovery region, which takes over')
    .option('--domain <name>', 'the public DNS name to describe (default: all that lead to both regions)')
    .option('-o, --output <file>', 'where to write it', 'drills/topologies/discovered.yaml')
    .addHelpText(
      'after',
      examples(['discover --primary eu-central-1 --recovery eu-west-1 -o drills/topologies/shop.yaml']),
    )
    .action(async (options) => finish(await (await import('../discover.ts')).discoverCommand(options, terminal)));

  program
    .command('validate')
    .helpGroup('Write drills:')
    .description('check drill, topology and schedule files; reports every error with its line and column')
    .argument('<files...>', 'drill, topology or schedule files', files({ terminal }))
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText('after', examples(['validate drills/*.yaml drills/topologies/*.yaml']))
    .action(async (paths, options) =>
      finish((await import('../validate.ts')).validateCommand(paths, options, terminal)),
    );

  program
    .command('list')
    .helpGroup('Write drills:')
    .description('list the drills of a folder, or the shipped ones if there is no folder drills')
    .argument('[folder]', 'where the drill files are', 'drills')
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText('after', examples(['list', 'list drills --json']))
    .action(async (folder, options) => finish((await import('../list.ts')).listCommand(folder, options, terminal)));

  program
    .command('steps')
    .helpGroup('Write drills:')
    .description('list the kinds of steps that a drill file can use, with the parameters of each')
    .addOption(json)
    .addHelpText('after', examples(['steps', 'steps --json']))
    .action(async (options) => finish((await import('../steps.ts')).stepsCommand(options, terminal)));

  program
    .command('plan')
    .helpGroup('Prepare a drill:')
    .description('show what a drill would do: phases, steps, calls, permissions, and the critical path')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(set)
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText('after', examples(['plan drills/multi-region-failover.yaml']))
    .action(async (path, options) => finish(await (await import('../plan.ts')).planCommand(path, options, terminal)));

  program
    .command('runbook')
    .helpGroup('Prepare a drill:')
    .description('write a drill as a runbook to follow by hand: steps, commands, undo, escalation')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(new Option('--format <format>', 'output format').choices(['md', 'html', 'pdf']).default('md'))
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .addOption(set)
    .addOption(loadSteps)
    .addHelpText(
      'after',
      examples([
        'runbook drills/multi-region-failover.yaml',
        'runbook drills/snapshot-restore.yaml --format pdf -o snapshot-restore.pdf',
      ]),
    )
    .action(async (path, options) =>
      finish(await (await import('../runbook.ts')).runbookCommand(path, options, terminal)),
    );

  program
    .command('runbooks')
    .helpGroup('Prepare a drill:')
    .description('write the runbooks of all drills of a folder, an index, and a template for new ones')
    .argument('[folder]', 'where the drill files are', 'drills')
    .option('--to <folder>', 'where to write them', 'runbooks')
    .option('--check', 'write nothing; exit with 1 if a runbook is not up to date')
    .option('--runs <folder>', 'run folders whose debriefs may have actions that change a runbook', 'runs')
    .addOption(loadSteps)
    .addHelpText('after', examples(['runbooks', 'runbooks drills --to docs/runbooks --check']))
    .action(async (folder, options) =>
      finish((await import('../runbooks.ts')).runbooksCommand(folder, options, terminal)),
    );

  program
    .command('preflight')
    .helpGroup('Prepare a drill:')
    .description('compare topology and account, and report what would go wrong in a drill; changes nothing')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .option('--live', 'check the real account, with the credentials that the AWS SDK finds')
    .addOption(set)
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText(
      'after',
      examples(['preflight drills/multi-region-failover.yaml', 'preflight drills/snapshot-restore.yaml --json']) +
        preflightHelp,
    )
    .action(async (path, options) =>
      finish(await (await import('../preflight.ts')).preflightCommand(path, options, terminal)),
    );

  program
    .command('iam-policy')
    .helpGroup('Prepare a drill:')
    .description('print the minimum IAM policy of a drill')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(
      new Option('--for <purpose>', 'a live drill, a run with --read-only, or the preflight only')
        .choices(['live', 'read-only', 'preflight'])
        .default('live'),
    )
    .addOption(metrics)
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .addOption(set)
    .addOption(loadSteps)
    .addHelpText(
      'after',
      examples([
        'iam-policy drills/multi-region-failover.yaml',
        'iam-policy drills/snapshot-restore.yaml --for preflight -o preflight-policy.json',
      ]),
    )
    .action(async (path, options) =>
      finish((await import('../iam-policy.ts')).iamPolicyCommand(path, options, terminal)),
    );

  program
    .command('graph')
    .helpGroup('Prepare a drill:')
    .description("draw a drill's state machine, as Mermaid or SVG")
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(new Option('--format <format>', 'output format').choices(['mermaid', 'svg']).default('mermaid'))
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .addOption(set)
    .addOption(loadSteps)
    .addHelpText(
      'after',
      examples([
        'graph drills/multi-region-failover.yaml',
        'graph drills/snapshot-restore.yaml --format svg -o restore.svg',
      ]),
    )
    .action(async (path, options) => finish(await (await import('../graph.ts')).graphCommand(path, options, terminal)));
}

const preflightHelp = `
Exit codes:
  0  the drill can start
  1  a blocker was found
  2  bad input or usage
`;

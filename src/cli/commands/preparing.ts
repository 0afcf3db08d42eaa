import { type Command, Option } from 'commander';
import { examples, file, files, json, loadSteps, metrics, type Surroundings, set } from './options.ts';

/** What is done before a drill: files, plans and looks at the account. */
export function preparingCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('init')
    .description(
      'write topology, drills, schedule and a CI workflow for a system; asks for what it cannot find, and keeps every file that is there',
    )
    .option('--system <name>', "what the names of the system's parts begin with (default: the name of this folder)")
    .option('--account <digits>', 'the AWS account')
    .option('--primary <region>', 'the region that serves')
    .option('--recovery <region>', 'the region that takes over')
    .option('--domain <name>', 'the public name that customers use')
    .option('--discover', 'write the topology of what the account has; reads it, and cannot change it')
    .option('--no-discover', 'write a topology of examples, and ask no account')
    .option('--folder <folder>', 'where they are written', 'drills')
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
    .description('write a drill and a topology to begin with; asks for what no option says, and overwrites nothing')
    .argument('[name]', "the drill's name")
    .option('--like <drill>', 'the shipped drill that it is made like (default: multi-region-failover)')
    .option('--system <name>', "what the names of the system's parts begin with")
    .option('--account <digits>', 'the AWS account')
    .option('--primary <region>', 'the region that serves')
    .option('--recovery <region>', 'the region that takes over')
    .option('--domain <name>', 'the public name that customers use, if the drill has to do with one')
    .option('--topology <file>', 'a topology that is there already: none is written then', file({ terminal }))
    .option('--folder <folder>', 'where they are written', 'drills')
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
    .description(
      'read an account, which it cannot change, and write the topology of what it found; what no account tells is left empty',
    )
    .requiredOption('--primary <region>', 'the region that serves')
    .requiredOption('--recovery <region>', 'the region that takes over')
    .option('--domain <name>', 'the only public name to describe; all that lead to both regions by default')
    .option('-o, --output <file>', 'where to write it', 'drills/topologies/discovered.yaml')
    .addHelpText(
      'after',
      examples(['discover --primary eu-central-1 --recovery eu-west-1 -o drills/topologies/shop.yaml']),
    )
    .action(async (options) => finish(await (await import('../discover.ts')).discoverCommand(options, terminal)));

  program
    .command('validate')
    .description('check drill files and the topologies that they name; every mistake is told at once')
    .argument('<files...>', 'drill or topology files', files({ terminal }))
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText('after', examples(['validate drills/*.yaml drills/topologies/*.yaml']))
    .action(async (paths, options) =>
      finish((await import('../validate.ts')).validateCommand(paths, options, terminal)),
    );

  program
    .command('list')
    .description('list the drills of a folder; without a folder drills, those that come with dr-drill')
    .argument('[folder]', 'where the drill files are', 'drills')
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText('after', examples(['list', 'list drills --json']))
    .action(async (folder, options) => finish((await import('../list.ts')).listCommand(folder, options, terminal)));

  program
    .command('steps')
    .description("list the kinds of steps that a drill's own course can use, and what each is told in 'with'")
    .addOption(json)
    .addHelpText('after', examples(['steps', 'steps --json']))
    .action(async (options) => finish((await import('../steps.ts')).stepsCommand(options, terminal)));

  program
    .command('plan')
    .description('show what a drill would do: phases, steps, calls, permissions, and what its time hangs on')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(set)
    .addOption(json)
    .addOption(loadSteps)
    .addHelpText('after', examples(['plan drills/multi-region-failover.yaml']))
    .action(async (path, options) => finish(await (await import('../plan.ts')).planCommand(path, options, terminal)));

  program
    .command('runbook')
    .description('write what people would do by hand instead of a drill: steps, commands, undo, escalation')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(new Option('--format <format>', 'what to write it as').choices(['md', 'html', 'pdf']).default('md'))
    .option('-o, --output <file>', 'write it to a file')
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
    .description('write the runbooks of all drills of a folder, an index of them, and a template for new ones')
    .argument('[folder]', 'where the drill files are', 'drills')
    .option('--to <folder>', 'where they are written', 'runbooks')
    .option('--check', 'write nothing, and give exit code 1 if one is not up to date')
    .option('--runs <folder>', 'whose debriefs are searched for actions that change a runbook', 'runs')
    .addOption(loadSteps)
    .addHelpText('after', examples(['runbooks', 'runbooks drills --to docs/runbooks --check']))
    .action(async (folder, options) =>
      finish((await import('../runbooks.ts')).runbooksCommand(folder, options, terminal)),
    );

  program
    .command('preflight')
    .description('compare topology and account, and tell what would go wrong in a drill; changes nothing')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .option('--live', 'look at the real account, with the credentials that the AWS SDK finds')
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
    .description('print the minimum IAM policy of a drill')
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(
      new Option('--for <purpose>', 'the whole drill, a run with --read-only, or the preflight alone')
        .choices(['live', 'read-only', 'preflight'])
        .default('live'),
    )
    .addOption(metrics)
    .option('-o, --output <file>', 'write it to a file')
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
    .description("draw a drill's state machine, as Mermaid or SVG")
    .argument('<drill>', 'the drill file', file({ terminal }))
    .addOption(new Option('--format <format>', 'what to draw it as').choices(['mermaid', 'svg']).default('mermaid'))
    .option('-o, --output <file>', 'write it to a file')
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
  0  nothing stops the drill
  1  something would stop it
  2  bad input or usage
`;

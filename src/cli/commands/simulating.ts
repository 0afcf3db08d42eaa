import type { Command } from 'commander';
import { callRule } from '../call-rule.ts';
import { examples, file, positive, repeated, type Surroundings, several, wholeNumber } from './options.ts';

/** Serves the simulated account. */
export function simulatingCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('simulate')
    .description(
      "serve the simulated account over HTTP in AWS's own protocols, in real time, to any client of AWS and to live runs",
    )
    .argument('[command...]', 'run this against it, behind `--`, and end with its exit code')
    .option('--topology <file>', 'the topology whose regions and resources are simulated', file({ terminal }))
    .option(
      '--drill <file>',
      "simulate the world as a dry run of the drill finds it, on the drill's topology",
      file({ terminal }),
    )
    .option(
      '--listen <host:port>',
      'where to listen; port 0 takes any that is free (default: 127.0.0.1:4566; with a command any that is free)',
    )
    .option('--speed <factor>', 'how many times faster than AWS everything goes that takes time', positive, 1)
    .option('--seed <number>', 'another course of events', wholeNumber, 1)
    .option('--latency <ms>', 'make every answer come so much later', wholeNumber)
    .addOption(several('--throttle <calls>', 'throttle calls, as "rds:PromoteReadReplica=3"', callRule))
    .addOption(several('--lose <calls>', 'carry calls out and never answer, as "rds:PromoteReadReplica=1"', callRule))
    .addOption(several('--silent <region>', 'answer no call in a region', repeated))
    .addOption(several('--deny <action>', 'deny an action, as "rds:PromoteReadReplica" or "eks:*"', repeated))
    .option('--expired-credentials', 'answer that the credentials have expired')
    .option('--account <digits>', 'tell callers that they are in this account')
    .option('-q, --quiet', 'print nothing but the address')
    .addHelpText(
      'after',
      examples([
        'simulate --topology drills/topologies/ecommerce-platform.yaml --speed 20',
        'simulate --drill drills/redis-restore.yaml --speed 60 -- npx dr-drill run drills/redis-restore.yaml --live',
      ]) + controlHelp,
    )
    .action(async (command, options) =>
      finish(await (await import('../simulate.ts')).simulateCommand(command, options, terminal)),
    );
}

const controlHelp = `
While it runs, on the same port:
  GET  /_dr-drill/state   the world, and what goes wrong on the way, as JSON
  POST /_dr-drill/chaos   change what goes wrong: what is named replaces what was, and all else stays
       {"latencyMs": 500, "throttle": {"service": "rds", "operation": "PromoteReadReplica", "calls": 3},
        "lose": {"service": "rds", "operation": "PromoteReadReplica", "calls": 1}, "silentRegions": ["ap-east-2"],
        "denied": ["eks:*"], "expiredCredentials": true, "account": "999999999999"}
`;

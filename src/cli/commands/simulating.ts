import type { Command } from 'commander';
import { callRule } from '../call-rule.ts';
import { examples, file, positive, repeated, type Surroundings, several, wholeNumber } from './options.ts';

/** Serves the simulated account. */
export function simulatingCommands(program: Command, { terminal, finish }: Surroundings): void {
  program
    .command('simulate')
    .helpGroup('Simulate AWS:')
    .description(
      "serve the simulated account over HTTP, in AWS's protocols and real time, to any AWS client and to live drills",
    )
    .argument('[command...]', 'command to run against it, after `--`; simulate exits with its exit code')
    .option('--topology <file>', 'the topology to simulate', file({ terminal }))
    .option('--drill <file>', 'the drill whose topology and simulated faults to serve', file({ terminal }))
    .option(
      '--listen <host:port>',
      'address to listen on; port 0 picks a free port (default: 127.0.0.1:4566; with a command, a free port)',
    )
    .option('--speed <factor>', 'how many times faster than AWS changes take effect', positive, 1)
    .option('--seed <number>', 'seed of the simulation', wholeNumber, 1)
    .option('--latency <ms>', 'delay every answer by this many milliseconds', wholeNumber)
    .addOption(several('--throttle <calls>', 'throttle this many calls, as "rds:PromoteReadReplica=3"', callRule))
    .addOption(
      several('--lose <calls>', 'carry out this many calls without answering, as "rds:PromoteReadReplica=1"', callRule),
    )
    .addOption(several('--silent <region>', 'answer no calls in this region', repeated))
    .addOption(several('--deny <action>', 'deny this action, as "rds:PromoteReadReplica" or "eks:*"', repeated))
    .option('--expired-credentials', 'answer every call with expired credentials')
    .option('--account <digits>', 'report this account ID to callers')
    .option('-q, --quiet', 'print only the address')
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
  GET  /_dr-drill/state   state of the simulated account, and the injected faults, as JSON
  POST /_dr-drill/chaos   change the injected faults: fields given replace the current ones
       {"latencyMs": 500, "throttle": {"service": "rds", "operation": "PromoteReadReplica", "calls": 3},
        "lose": {"service": "rds", "operation": "PromoteReadReplica", "calls": 1}, "silentRegions": ["ap-east-2"],
        "denied": ["eks:*"], "expiredCredentials": true, "account": "999999999999"}
`;

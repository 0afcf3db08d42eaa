import { exitCodes } from './exit-codes.ts';
import { initCommand } from './init.ts';
import { atKeyboard, somebodyIsHere } from './keyboard.ts';
import type { Terminal } from './terminal.ts';

const STEPS = `There are no drills in this folder yet.

  npx dr-drill run drills/multi-region-failover.yaml   rehearse a drill that comes with dr-drill, without an account
  npx dr-drill init    write drills, topology, schedule and a CI workflow for a system of your own
  npx dr-drill new     write one drill, and a topology for it
  npx dr-drill --help  list all commands
`;

/** What is said to someone who has nothing yet; a person is offered the first step. */
export async function firstSteps(terminal: Terminal): Promise<number> {
  terminal.out(STEPS);
  if (!somebodyIsHere()) return exitCodes.passed;
  const answer = await atKeyboard({}, (ask) => ask('\nWrite drills for a system of your own now? (yes): '));
  return /^(y|yes|)$/i.test(answer) ? initCommand({ folder: 'drills' }, terminal) : exitCodes.passed;
}

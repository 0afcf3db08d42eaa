import type * as z from 'zod';
import { callsWith, defineStep } from '../step.ts';
import { judgeFindings } from './findings.ts';
import { type Look, type LookContext, looked, PATIENCE_MS, together } from './look.ts';
import { narrowedTo } from './permissions.ts';
import { lookForFailover, preflightFailover, preflightFailoverParams } from './preflight-failover.ts';
import { describedWitness, witnessCalls, witnessLook, witnessPermissions } from './witness.ts';

const params = preflightFailoverParams.extend({ witness: describedWitness });
type Params = z.output<typeof params>;

/** What a failover needs of the account, and the witness that says whether there is to be one. */
export const preflightPartition = defineStep<Params, { findings: number }>({
  kind: 'account.preflight-partition',
  patienceMs: PATIENCE_MS,
  params,
  plane: 'control',
  title: preflightFailover.title,
  calls: (topology) => [...callsWith(preflightFailover, topology), ...witnessCalls],
  permissions: (topology, account) => [
    ...preflightFailover.permissions(topology, account),
    ...witnessPermissions(topology.witness),
  ],
  command: preflightFailover.command,
  usuallyMs: preflightFailover.usuallyMs,
  observe: preflightFailover.observe,
  settle: async (topology, context) =>
    judgeFindings((await lookForPartition(narrowedTo(topology, context), context)).findings, context),
});

/** Everything that the drill needs of the account, beside the topology. Rejects where the account is another one. */
export async function lookForPartition(topology: Params, context: LookContext): Promise<Look> {
  const found = await lookForFailover(topology, context);
  return together([found, await looked('witness', () => witnessLook(topology.witness, context))]);
}

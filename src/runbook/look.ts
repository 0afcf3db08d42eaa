import { candidatesOf, surpriseOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { lookAround, type PreflightParams, preflight } from '../platform/preflight.ts';
import type { Look, LookContext } from '../steps/account/look.ts';
import { mergedAgain } from '../steps/granted.ts';
import type { Need } from '../steps/needs.ts';
import { commanderNeed } from './commander.ts';
import { mergedNeeds } from './merged-needs.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { runbookFor } from './runbook.ts';

/**
 * Everything that the drill's own preflight finds; of a surprise, that of every drill that it may turn out to be. Changes nothing.
 * Rejects with a DrillError where the account is another one than the topology's.
 */
export const lookForDrill = (drill: Drill, topology: Topology, context: Omit<LookContext, 'account'>): Promise<Look> =>
  lookAround(paramsFor(drill, topology), { ...context, account: topology.account, patienceMs: PATIENCE_MS });

/** Outside of a run a person waits for the answer. */
const PATIENCE_MS = 10_000;

/** What the preflight of a drill looks at. */
export const preflightNeeds = (drill: Drill, topology: Topology): Need[] => paramsFor(drill, topology).needs;

function paramsFor(drill: Drill, topology: Topology): PreflightParams {
  const all = candidatesOf(drill).map((one) =>
    preflight.params.parse(runbookFor(one, topology).steps.preflight?.params(factsBeforeRun)),
  );
  const commander = surpriseOf(drill) ? [commanderNeed(topology)] : [];
  return {
    account: topology.account,
    region: topology.regions.recovery,
    needs: mergedNeeds([...all.flatMap(({ needs }) => needs), ...commander]),
    needed: mergedAgain(all.flatMap(({ needed }) => needed)),
    telling: mergedAgain(all.flatMap(({ telling = [] }) => telling)),
  };
}

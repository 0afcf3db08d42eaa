import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { deploymentsLook } from '../steps/account/deployments.ts';
import { type Look, type LookContext, looked, together } from '../steps/account/look.ts';
import { lookForCustom, preflightCustom } from '../steps/account/preflight-custom.ts';
import { lookForFailover, preflightFailover } from '../steps/account/preflight-failover.ts';
import { lookForRestore, preflightRestore } from '../steps/account/preflight-restore.ts';
import type { StepContext } from '../steps/step.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { runbookFor } from './runbook.ts';

/**
 * Everything that the drill's own preflight would find, and what its validation would find of the deployments. Changes nothing.
 * Rejects with a DrillError where the account is another one than the topology's.
 */
export async function lookForDrill(
  drill: Drill,
  topology: Topology,
  context: LookContext & Pick<StepContext, 'kubernetes'>,
): Promise<Look> {
  const params = runbookFor(drill, topology).steps.preflight?.params(factsBeforeRun);
  if (drill.machine === 'custom') return lookForCustom(preflightCustom.params.parse(params), context);
  if (drill.machine === 'backup-restore') return lookForRestore(preflightRestore.params.parse(params), context);
  const { kubernetes, regions } = topology;
  const { namespace, recovery, deployments } = kubernetes;
  const cluster = { region: regions.recovery, cluster: recovery.cluster, namespace };
  return together([
    await lookForFailover(preflightFailover.params.parse(params), context),
    await looked('deployments', () =>
      deploymentsLook({ cluster, deployments: deployments.map(({ name }) => name) }, context),
    ),
  ]);
}

import type { DrillInput } from '../../state-machines/parts.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';

/** What a machine has to know of the drill. */
export function machineInput(drill: Drill, { database }: Topology): DrillInput {
  const protection = drill.machine === 'multi-region-failover' ? drill.protection : undefined;
  return {
    afterwards: drill.machine === 'backup-restore' ? drill.afterwards : null,
    asksPeople: drill.machine === 'multi-region-failover' && drill.approval !== undefined,
    protects: protection !== undefined,
    ordersReplica: protection?.replica === true && database.nextReplica !== undefined,
  };
}

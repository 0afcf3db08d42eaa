import type { DrillInput } from '../../state-machines/parts.ts';
import type { Drill } from '../drill/drill.ts';

/** What a machine has to know of the drill. */
export const machineInput = (drill: Drill): DrillInput => ({
  asksPeople: drill.machine === 'multi-region-failover' && drill.approval !== undefined,
});

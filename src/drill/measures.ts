import type { Drill } from './drill.ts';

/** Between which moments a drill's recovery time is measured, and what its data loss is read from; null where it measures none. */
export interface Measures {
  recovery: {
    /** `failure`, the moment when it was brought about; or the phase from whose beginning time counts. */
    from: string;
    /** `served`, the customer's first success that lasted; or the phase whose end counts. */
    until: string;
  } | null;
  loss: 'heartbeats' | 'recovery-point' | null;
}

export const FAILURE = 'failure';
export const SERVED = 'served';

export function measuresOf(drill: Drill): Measures {
  switch (drill.machine) {
    case 'multi-region-failover':
      return { recovery: { from: FAILURE, until: SERVED }, loss: 'heartbeats' };
    case 'backup-restore':
      return { recovery: { from: 'choose', until: 'check' }, loss: 'recovery-point' };
    case 'custom':
      return { recovery: drill.measure.recovery ?? null, loss: drill.measure.loss ?? null };
  }
}

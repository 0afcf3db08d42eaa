import type { Drill } from './drill.ts';
import { duration } from './quantities.ts';

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

/** How far apart heartbeat rows are written, in milliseconds: the error bar of what they show. */
export function heartbeatEveryMs(drill: Drill): number {
  if (drill.heartbeat || drill.machine !== 'custom') return drill.heartbeat?.every ?? 0;
  const written = drill.phases
    .flatMap(({ steps, parallel }) => [...(steps ?? []), ...Object.values(parallel ?? {}).flat()])
    .filter(({ uses }) => uses === WRITING_STEP)
    .map(({ with: asked }) => duration.safeParse(asked.every).data ?? 0);
  return Math.max(0, ...written);
}

/** The step that writes heartbeat rows for a while, where they are not written all along. */
export const WRITING_STEP = 'data.write-heartbeats';

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

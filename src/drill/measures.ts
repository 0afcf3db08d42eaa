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
  loss: 'heartbeats' | 'markers' | 'recovery-point' | null;
}

/** What is written and counted again to tell what was lost: rows of a database, or records of a topic. */
export const countedAs = ({ loss }: Pick<Measures, 'loss'>): { one: string; many: string; title: string } =>
  loss === 'markers'
    ? { one: 'marker record', many: 'marker records', title: 'Records lost' }
    : { one: 'heartbeat row', many: 'heartbeat rows', title: 'Rows lost' };

/** How far apart heartbeat rows or marker records are written, in milliseconds: the error bar of what they show. */
export function heartbeatEveryMs(drill: Drill): number {
  if (drill.heartbeat || drill.machine !== 'custom') return drill.heartbeat?.every ?? 0;
  const written = drill.phases
    .flatMap(({ steps, parallel }) => [...(steps ?? []), ...Object.values(parallel ?? {}).flat()])
    .filter(({ uses }) => WRITING_STEPS.includes(uses))
    .map(({ with: asked }) => duration.safeParse(asked.every).data ?? 0);
  return Math.max(0, ...written);
}

/** Whether a drill writes any. */
export const writesRows = (drill: Drill): boolean =>
  drill.machine === 'backup-restore' ? drill.heartbeat.lasts > 0 : heartbeatEveryMs(drill) > 0;

/** The steps that write them for a while, where they are not written all along. */
const WRITING_STEPS: readonly string[] = ['data.write-heartbeats', 'kafka.write-markers'];

export const FAILURE = 'failure';
export const SERVED = 'served';

export function measuresOf(drill: Drill): Measures {
  switch (drill.machine) {
    case 'multi-region-failover':
    case 'network-partition':
      return { recovery: { from: FAILURE, until: SERVED }, loss: 'heartbeats' };
    case 'backup-restore':
      return { recovery: { from: 'choose', until: 'check' }, loss: 'recovery-point' };
    case 'custom':
      return { recovery: drill.measure.recovery ?? null, loss: drill.measure.loss ?? null };
  }
}

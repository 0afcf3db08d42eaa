import { countings } from '../components/schemas.ts';
import { componentsOf, kindMeant, meantBy } from './components.ts';
import type { CustomDrill, Drill } from './drill.ts';
import { duration } from './quantities.ts';
import type { Topology } from './topology.ts';

/** Between which moments a drill's recovery time is measured, and what its data loss is read from; null where it measures none. */
export interface Measures {
  recovery: {
    /** `failure`, the moment when it was caused; or the phase from whose beginning time counts. */
    from: string;
    /** `served`, the customer's first success that lasted; or the phase whose end counts. */
    until: string;
  } | null;
  loss: 'heartbeats' | 'markers' | 'recovery-point' | null;
}

/** What the platform promises, of what a drill measures; null where it promises nothing. */
export function objectiveOf(drill: Drill, { objective }: Topology): { rto: number | null; rpo: number | null } {
  const { recovery, loss } = measuresOf(drill);
  return {
    rto: recovery === null ? null : (objective?.rto ?? null),
    rpo: loss === null ? null : (objective?.rpo ?? null),
  };
}

/** What is written and counted again to tell what was lost: rows of a database, or records of a topic. */
export const countedAs = ({ loss }: Pick<Measures, 'loss'>): { one: string; many: string; title: string } =>
  loss === 'markers'
    ? { one: 'marker record', many: 'marker records', title: 'Records lost' }
    : { one: 'heartbeat row', many: 'heartbeat rows', title: 'Rows lost' };

/** How far apart heartbeat rows or marker records are written, in milliseconds: the error bar of what they show. */
export function heartbeatEveryMs(drill: Drill): number {
  if (drill.heartbeat || drill.machine !== 'custom') return drill.heartbeat?.every ?? 0;
  const written = linesOf(drill)
    .filter(({ uses }) => WRITING_STEPS.includes(uses))
    .map(({ with: asked }) => duration.safeParse(asked.every).data ?? 0);
  return Math.max(0, ...written);
}

/** Whether a drill writes any. */
export const writesRows = (drill: Drill): boolean =>
  drill.machine === 'backup-restore' ? drill.heartbeat.lasts > 0 : heartbeatEveryMs(drill) > 0;

const linesOf = ({ phases }: CustomDrill) =>
  phases.flatMap(({ steps, parallel }) => [...(steps ?? []), ...Object.values(parallel ?? {}).flat()]);

/** Whether a drill writes or counts any in a data store: one of its own course does so where a line of it says so. */
export const isCounted = (store: string, drill: Drill, topology: Topology): boolean =>
  drill.machine !== 'custom' ||
  linesOf(drill).some(
    ({ uses, of = drill.of }) => COUNTING.includes(uses) && storesOf(uses, of, topology).includes(store),
  );

const COUNTING: readonly string[] = [
  ...['data.count', 'data.write-heartbeats', 'data.count-heartbeats'],
  ...countings.flatMap(({ writes, counts }) => [writes, counts]),
];

/** The components that a line is about. A step works on one: the only one of its kind, or the first of the kind that it names; of databases, those of the first kind. */
function storesOf(uses: string, of: string | undefined, topology: Topology): string[] {
  const meant = meantBy(of, topology).map(({ id }) => id);
  if (uses === 'data.count') return meant;
  if (of !== undefined) return meant.slice(0, 1);
  return uses.startsWith('data.') ? componentsOf(topology, kindMeant('sql', topology)).map(({ id }) => id) : meant;
}

/** The lines in which a drill takes data stores over. */
export const takeOverLines = (drill: Drill): string[] => {
  if (drill.machine === 'backup-restore') return [];
  if (drill.machine !== 'custom') return ['take-over'];
  return linesOf(drill).flatMap(({ step, uses }) => (uses === 'data.take-over' ? [step] : []));
};

/** The steps that write them for a while, where they are not written all along. */
const WRITING_STEPS: readonly string[] = ['data.write-heartbeats', ...countings.map(({ writes }) => writes)];

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

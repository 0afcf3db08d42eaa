import * as z from 'zod';
import { countedAs, measuresOf } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { checks, dataChecks } from './checks.ts';
import { nameRecoveries } from './customer.ts';
import { dataLoss, isSought, type StoreLoss, storeLosses } from './data-loss.ts';
import { exceeds, type Figure, isKnown } from './figure.ts';
import { dataStores, type Store } from './parts-of-topology.ts';
import { headerOf } from './reading.ts';
import { recoveryTime } from './recovery-time.ts';

/** A figure compared with a limit; `limitMs` in milliseconds. */
export const heldSchema = z.strictObject({
  limitMs: z.number(),
  standing: z.enum(['met', 'missed', 'unknown']),
  /** The limit is within the error bar: measured again, it might have come out the other way. */
  close: z.boolean(),
});

export type Held = z.output<typeof heldSchema>;

/** Met at the limit and below; nothing that is unknown is met, and what is known to be greater is missed. Milliseconds. */
export function hold(figure: Figure, limitMs: number): Held {
  if (!isKnown(figure)) return { limitMs, standing: exceeds(figure, limitMs) ? 'missed' : 'unknown', close: false };
  const { ms, errorMs } = figure;
  const met = ms <= limitMs;
  // With no limit to speak of (0) there is no room for an error bar, and every figure would be close.
  return {
    limitMs,
    standing: met ? 'met' : 'missed',
    close: limitMs > 0 && errorMs > 0 && Math.abs(ms - limitMs) < errorMs,
  };
}

/**
 * Holds the journal's figures against the drill's own targets, its data checks and its verification checks.
 * `reasons` says what was not met; the platform objective does not decide and is not among them.
 */
export function judge(entries: readonly Entry[]): { met: boolean; reasons: string[] } {
  const { drill } = headerOf(entries);
  const { targets } = drill;
  const names = nameRecoveries(entries).map(({ id, total }) => ({ of: id, figure: total }));
  const losses = storeLosses(entries);
  const stores = losses.filter(isSought).map(({ store, loss }) => ({ of: store, figure: loss }));
  const reasons = [
    ...missedByAny('RTO', names, recoveryTime(entries).total, targets.rto),
    ...missedByAny('RPO', stores, dataLoss(entries).loss, limitsOf(targets, entries).rpo),
    ...losses.flatMap((loss) => holes(loss, losses.length > 1, countedAs(measuresOf(drill)).many)),
    ...failedChecks(entries),
  ];
  return { met: reasons.length === 0, reasons };
}

/** Limits of a drill as they are compared with this run: where the topology has no data store, nothing could be lost. */
export const limitsOf = (
  { rto, rpo }: { rto: number | null; rpo: number | null },
  entries: readonly Entry[],
): { rto: number | null; rpo: number | null } => {
  const hasNothingToLose =
    measuresOf(headerOf(entries).drill).loss !== 'recovery-point' && dataStores(entries).length === 0;
  return { rto, rpo: hasNothingToLose ? null : rpo };
};

interface Component {
  of: string;
  figure: Figure;
}

/** Of several components each one that missed; else the one figure that there is. */
const missedByAny = (name: 'RTO' | 'RPO', all: Component[], only: Figure, limitMs: number | null): string[] =>
  all.length > 1
    ? all.flatMap(({ of, figure }) => missed(`${name} of ${of}`, figure, limitMs))
    : missed(name, only, limitMs);

function missed(name: string, figure: Figure, limitMs: number | null): string[] {
  if (limitMs === null) return [];
  const { standing } = hold(figure, limitMs);
  if (standing === 'met') return [];
  if (!isKnown(figure)) {
    const why = figure.unknown;
    if (standing === 'unknown') return [`${name} unknown: ${why}`];
    return [
      `${name} missed: more than ${inWords(figure.atLeastMs ?? 0)}, where ${inWords(limitMs)} are allowed (${why})`,
    ];
  }
  return [
    `${name} missed by ${inWords(figure.ms - limitMs)}: ${inWords(figure.ms)}, where ${inWords(limitMs)} are allowed`,
  ];
}

function holes({ store, rows }: StoreLoss, isOneOfSeveral: boolean, many: string): string[] {
  if ('unknown' in rows || rows.lostInGaps === 0) return [];
  const { lostInGaps, gaps } = rows;
  const where = isOneOfSeveral ? ` of ${store}` : '';
  return [
    `${lostInGaps} acknowledged ${many}${where} are missing in ${gaps} ${gaps === 1 ? 'gap' : 'gaps'} among those present`,
  ];
}

/** Data stores that are asked in SQL and that nobody could look into: no login was given. A simulated account lets a run in without one. */
export function storesWithoutLogin(entries: readonly Entry[]): string[] {
  if (headerOf(entries).mode !== 'live') return [];
  const written = new Set(entries.flatMap((entry) => (entry.type === 'heartbeats' ? entry.of : [])));
  return sqlStores(entries).flatMap(({ id, hasLogin }) => (hasLogin || written.has(id) ? [] : id));
}

const sqlStores = (entries: readonly Entry[]): Store[] =>
  dataStores(entries).filter(({ counts }) => counts === 'heartbeats');

/** A failover may do without a login: its data loss is then estimated, and marked so. A restore proves nothing without one. */
const needsNoDataCheck = (entries: readonly Entry[]): boolean =>
  headerOf(entries).drill.machine === 'multi-region-failover' &&
  storesWithoutLogin(entries).length === sqlStores(entries).length;

function failedChecks(entries: readonly Entry[]): string[] {
  const all = dataChecks(entries);
  const data = all.filter(({ ok }) => ok !== null);
  const isSeveral = new Set(data.map(({ instance }) => instance)).size > 1;
  const looks = checks(entries).filter(({ layer }) => layer === 'verification');
  if (headerOf(entries).drill.machine === 'custom') {
    if (data.length + looks.length === 0) return ['nothing was checked'];
  } else if (data.length === 0 && !needsNoDataCheck(entries)) return ['no data check was made'];
  return [
    ...data
      .filter(({ ok }) => ok === false)
      .map(
        ({ title, detail, instance }) => `data check failed: ${title} (${isSeveral ? `${instance}: ` : ''}${detail})`,
      ),
    ...looks.filter(({ ok }) => !ok).map(({ check, detail }) => `verification failed: ${check} (${detail})`),
  ];
}

import * as z from 'zod';
import { countedAs, measuresOf } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { checks, dataChecks } from './checks.ts';
import { type DataLoss, dataLoss } from './data-loss.ts';
import { type Figure, isKnown } from './figure.ts';
import { headerOf } from './reading.ts';
import { recoveryTime } from './recovery-time.ts';

/** A figure held against a limit; `limitMs` in milliseconds. */
export const heldSchema = z.strictObject({
  limitMs: z.number(),
  standing: z.enum(['met', 'missed', 'unknown']),
  /** The limit lies within the error bar: measured again, it might have come out the other way. */
  close: z.boolean(),
});

export type Held = z.output<typeof heldSchema>;

/** Met at the limit and below; nothing that is unknown is met. Milliseconds. */
export function hold(figure: Figure, limitMs: number): Held {
  if (!isKnown(figure)) return { limitMs, standing: 'unknown', close: false };
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
  const loss = dataLoss(entries);
  const reasons = [
    ...missed('RTO', recoveryTime(entries).total, targets.rto),
    ...missed('RPO', loss.loss, targets.rpo),
    ...holes(loss, countedAs(measuresOf(drill)).many),
    ...failedChecks(entries),
  ];
  return { met: reasons.length === 0, reasons };
}

function missed(name: 'RTO' | 'RPO', figure: Figure, limitMs: number | null): string[] {
  if (limitMs === null) return [];
  if (!isKnown(figure)) return [`${name} unknown: ${figure.unknown}`];
  if (hold(figure, limitMs).standing === 'met') return [];
  return [
    `${name} missed by ${inWords(figure.ms - limitMs)}: ${inWords(figure.ms)}, where ${inWords(limitMs)} are allowed`,
  ];
}

function holes({ rows }: DataLoss, many: string): string[] {
  if ('unknown' in rows || rows.lostInGaps === 0) return [];
  const { lostInGaps, gaps } = rows;
  return [
    `${lostInGaps} acknowledged ${many} are missing in ${gaps} ${gaps === 1 ? 'gap' : 'gaps'} among those present`,
  ];
}

/** Nobody could look into the databases. */
export function wasWithoutLogin(entries: readonly Entry[]): boolean {
  const { mode, topology } = headerOf(entries);
  return mode === 'live' && topology.database.login === undefined;
}

/** A failover may do without a login: its data loss is then estimated, and marked so. A restore proves nothing without one. */
const isEstimated = (entries: readonly Entry[]): boolean =>
  headerOf(entries).drill.machine === 'multi-region-failover' && wasWithoutLogin(entries);

function failedChecks(entries: readonly Entry[]): string[] {
  const all = dataChecks(entries);
  const data = all.filter(({ ok }) => ok !== null);
  const looks = checks(entries).filter(({ layer }) => layer === 'verification');
  if (headerOf(entries).drill.machine === 'custom') {
    if (data.length + looks.length === 0) return ['nothing was checked'];
  } else if (data.length === 0 && !isEstimated(entries)) return ['no data check was made'];
  return [
    ...data.filter(({ ok }) => ok === false).map(({ title, detail }) => `data check failed: ${title} (${detail})`),
    ...looks.filter(({ ok }) => !ok).map(({ check, detail }) => `verification failed: ${check} (${detail})`),
  ];
}

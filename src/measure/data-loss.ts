import * as z from 'zod';
import type { Drill } from '../drill/drill.ts';
import { countedAs, FAILURE, heartbeatEveryMs, isCounted, measuresOf, writesRows } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { figureSchema, isKnown, notSought, toldOf, type Unknown, unknownSchema, worstOf } from './figure.ts';
import { givenUpSteps } from './given-up.ts';
import { acknowledgedRows, type Found, foundRows, type Row } from './heartbeats.ts';
import { dataStores, type Store } from './parts-of-topology.ts';
import { foundDone } from './phase-time.ts';
import { enteredMs, entriesOf, headerOf, impairedMs, instantMs, leftMs, readOnce, recoveryFromMs } from './reading.ts';
import { joinErrorMs } from './spans.ts';

/** CloudWatch publishes replica lag once a minute: a reading may be that old already. */
const LAG_PERIOD_MS = 60_000;

/** How much data was lost. Lengths in milliseconds; rows are heartbeat rows of this run, or its marker records. */
export const dataLossSchema = z.strictObject({
  loss: figureSchema,
  /** What `loss` was read from, in words. */
  basis: z.string(),
  /** From the last that is there to the last that should be, in epoch milliseconds; null where the loss is not known. */
  window: z.strictObject({ fromMs: z.number(), toMs: z.number() }).nullable(),
  rows: z.union([
    z.strictObject({
      acknowledged: z.int(),
      /** Acknowledged, and absent from the instance that now counts. */
      lost: z.int(),
      /** Of these, how many are before the last row present: a hole, which replication does not make. */
      lostInGaps: z.int(),
      gaps: z.int(),
      /** Of the lost ones, how many were acknowledged after the impairment, by a writer that continued. */
      lostAfterImpairment: z.int(),
    }),
    unknownSchema,
  ]),
});

export type DataLoss = z.output<typeof dataLossSchema>;

/** A data store, with what it lost. */
export interface StoreLoss extends DataLoss {
  store: string;
  kind: string;
}

/**
 * Data loss of each data store in milliseconds, in the order of the topology; of a restore, of the store that was restored.
 * Of a failover: last heartbeat acknowledged before the impairment (or later, if such a row was lost) minus the last one
 * present on the new writer; error bar: the heartbeat interval. Without heartbeats the last `lag` reading, `estimated`.
 * Of a restore: the beginning of the phase `choose`, the assumed moment of disaster, minus what the restored data hold.
 */
export const storeLosses = readOnce((entries): readonly StoreLoss[] => {
  const { loss } = measuresOf(headerOf(entries).drill);
  if (loss === null) return [];
  const stores = loss === 'recovery-point' ? restoredStores(entries) : dataStores(entries);
  return stores.map((store) => ({ store: store.id, kind: store.kind, ...lossOf(store, entries) }));
});

/** Data loss that is compared with the RPO: that of the data store which lost most, and the rows of all. */
export const dataLoss = readOnce((entries): DataLoss => {
  const { drill } = headerOf(entries);
  const measures = measuresOf(drill);
  if (measures.loss === null) {
    const { many } = countedAs(measures);
    const rows = notSought(writesRows(drill) ? 'this drill measures no data loss' : `this drill writes no ${many}`);
    return { ...nothing(notSought('this drill measures no data loss')), rows };
  }
  const all = storeLosses(entries);
  const worst = worstOf(all, ({ loss }) => loss, drill.targets.rpo);
  if (!worst) return whereNoStoreIs(entries);
  const { store, loss, basis, window } = worst;
  const isOneOfSeveral = all.filter(isSought).length > 1;
  return {
    loss: toldOf(store, loss, isOneOfSeveral),
    basis: isOneOfSeveral && isKnown(loss) ? `${basis} (${store})` : basis,
    window,
    rows: rowsOfAll(all),
  };
});

/** Whether a drill was to find out; a data store in which nothing is numbered counts for nothing beside the others. */
export const isSought = ({ loss }: Pick<DataLoss, 'loss'>): boolean => isKnown(loss) || loss.sought !== false;

/** If the topology has none, or it is unknown which one it is. */
function whereNoStoreIs(entries: readonly Entry[]): DataLoss {
  const { drill } = headerOf(entries);
  if (measuresOf(drill).loss === 'recovery-point')
    return { ...restoredAge(entries, [], undefined), rows: countLost([], undefined, undefined, drill) };
  const none = notSought('the topology has no data store, so there is nothing that could be lost');
  return { ...nothing(none), rows: none };
}

/** The store that a restore is of, or whose rows were counted; else the only one that there is. */
function restoredStores(entries: readonly Entry[]): readonly Store[] {
  const { drill } = headerOf(entries);
  const all = dataStores(entries);
  const named = drill.machine === 'backup-restore' ? drill.of : undefined;
  const chosen = entriesOf(entries, 'recovery-point').at(-1);
  const counted = entriesOf(entries, 'heartbeats-found').at(-1) ?? entriesOf(entries, 'heartbeats').at(-1);
  const found = all.filter(({ id }) => id === (chosen?.of ?? named ?? counted?.of));
  return found.length > 0 || all.length === 1 ? (found.length > 0 ? found : all) : [];
}

function lossOf(store: Store, entries: readonly Entry[]): DataLoss {
  const acknowledged = acknowledgedRows(store.id, entries);
  const found = foundRows(store.id, entries);
  const { drill, topology } = headerOf(entries);
  const measures = measuresOf(drill);
  const rows = countLost(acknowledged, found, impairedMs(entries), drill);
  const before = foundDone(entries);
  if (before !== undefined) return { ...nothing(before), rows };
  if (measures.loss === 'recovery-point') return { ...restoredAge(entries, acknowledged, found), rows };
  const isToBeCounted = store.counts === measures.loss && isCounted(store.id, drill, topology);
  if (acknowledged.length === 0 && !found && !isToBeCounted) {
    const why = notSought(whyNotCounted(store));
    return { ...nothing(why), rows: why };
  }
  const givenUp = givenUpSteps(entries).find((one) => one.store === store.id);
  if (givenUp && !found) {
    const why = { unknown: `it was given up: ${givenUp.reason}` };
    return { ...nothing(why), rows: why };
  }
  return { ...failoverLoss(store, entries, acknowledged, found), rows };
}

const whyNotCounted = ({ counts }: Store): string =>
  typeof counts === 'object' ? counts.not : `this drill writes no ${countedAs({ loss: counts }).many} to it`;

/** Rows of all data stores that have any, added up. */
function rowsOfAll(all: readonly StoreLoss[]): DataLoss['rows'] {
  const some = all.filter(({ rows }) => !('unknown' in rows && rows.sought === false));
  const unknown = some.find(({ rows }) => 'unknown' in rows);
  const [first] = all;
  if (unknown && 'unknown' in unknown.rows)
    return {
      ...unknown.rows,
      unknown: some.length > 1 ? `${unknown.store}: ${unknown.rows.unknown}` : unknown.rows.unknown,
    };
  if (some.length === 0) return first?.rows ?? notSought('nothing was counted');
  const sum = { acknowledged: 0, lost: 0, lostInGaps: 0, gaps: 0, lostAfterImpairment: 0 };
  for (const { rows } of some)
    if (!('unknown' in rows)) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += rows[key];
  return sum;
}

type Loss = Omit<DataLoss, 'rows'>;

function failoverLoss(store: Store, entries: readonly Entry[], acknowledged: Row[], found: Found | undefined): Loss {
  // Where nothing breaks, every row that was acknowledged counts.
  const measures = measuresOf(headerOf(entries).drill);
  const { one, many } = countedAs(measures);
  const isPlanned = measures.recovery?.from !== FAILURE;
  const impaired = isPlanned ? Number.POSITIVE_INFINITY : impairedMs(entries);
  if (impaired === undefined) return nothing('the failure was never caused');
  if (acknowledged.length === 0 && isPlanned) return nothing(`no ${many} were written`);
  if (acknowledged.length === 0) return lagAtImpairment(store, entries, impaired);
  if (!found) return nothing(`the ${many} were never counted where they were to arrive`);
  const counted = acknowledged.filter((row) => row.ackMs <= impaired || !found.holds(row));
  const latestMs = Math.max(...counted.map(({ ackMs }) => ackMs));
  if (counted.length === 0) return nothing(`no ${one} was acknowledged before the impairment`);
  const presentMs = lastPresentMs(acknowledged, found);
  if (presentMs === undefined) {
    const writtenMs = latestMs - (acknowledged[0]?.ackMs ?? latestMs);
    return nothing({
      unknown: `none of this run's ${many} is there: more than the ${inWords(writtenMs)} of them are lost`,
      atLeastMs: Math.max(0, writtenMs - joinErrorMs(entries, latestMs - writtenMs, latestMs)),
    });
  }
  return {
    loss: {
      ms: Math.max(0, latestMs - presentMs),
      errorMs: heartbeatEveryMs(headerOf(entries).drill) + joinErrorMs(entries, presentMs, latestMs),
      source: 'measured',
    },
    basis: `${many} on ${found.instance}`,
    window: { fromMs: Math.min(presentMs, latestMs), toMs: latestMs },
  };
}

/** The lag can have grown by no more than the time since it was read. */
function lagAtImpairment(store: Store, entries: readonly Entry[], impaired: number): Loss {
  if (enteredMs(entries, 'shift') === undefined)
    return nothing('the recovery region never took over, and no heartbeat rows were written');
  const reading = entriesOf(entries, 'lag').findLast(
    (entry) => instantMs(entry) <= impaired && store.has(entry.instance),
  );
  if (!reading) return nothing('there are no heartbeat rows and no replica lag from before the impairment');
  if (reading.lagMs === null) return nothing('no heartbeat rows were written, and the replica published no lag');
  return {
    loss: { ms: reading.lagMs, errorMs: impaired - instantMs(reading) + LAG_PERIOD_MS, source: 'estimated' },
    basis: `replica lag of ${reading.instance}, as CloudWatch gave it before the impairment`,
    window: { fromMs: impaired - reading.lagMs, toMs: impaired },
  };
}

function restoredAge(entries: readonly Entry[], acknowledged: Row[], found: Found | undefined): Loss {
  const disaster = recoveryFromMs(entries);
  if (disaster === undefined) return nothing('the restore was never begun');
  const { drill } = headerOf(entries);
  const isRestore = drill.machine === 'backup-restore';
  const restored = isRestore ? enteredMs(entries, 'check') : leftMs(entries, measuresOf(drill).recovery?.until ?? '');
  if (restored === undefined && !found)
    return nothing(isRestore ? 'no database was restored' : 'nothing was recovered');
  const presentMs = found && lastPresentMs(acknowledged, found);
  if (found && presentMs !== undefined) {
    const errorMs = heartbeatEveryMs(headerOf(entries).drill) + joinErrorMs(entries, presentMs, disaster);
    return {
      loss: { ms: Math.max(0, disaster - presentMs), errorMs, source: 'measured' },
      basis: `heartbeat rows on ${found.instance}`,
      window: { fromMs: Math.min(presentMs, disaster), toMs: disaster },
    };
  }
  const point = entriesOf(entries, 'recovery-point').at(-1);
  if (!point) return nothing('no recovery point was chosen');
  const ms = disaster - Date.parse(point.time);
  return {
    loss: { ms: Math.max(0, ms), errorMs: 0, source: 'recovery point' },
    basis: `the time of the ${point.from} ${point.id}`,
    window: { fromMs: disaster - Math.max(0, ms), toMs: disaster },
  };
}

/** When the last row present was acknowledged. One that is there but was never acknowledged represents those before it. */
function lastPresentMs(acknowledged: Row[], found: Found): number | undefined {
  const { last } = found;
  return last === null ? undefined : acknowledged.findLast(({ sequence }) => sequence <= last)?.ackMs;
}

function countLost(
  acknowledged: Row[],
  found: Found | undefined,
  impaired: number | undefined,
  drill: Drill,
): DataLoss['rows'] {
  const { many } = countedAs(measuresOf(drill));
  if (!writesRows(drill)) return notSought(`this drill writes no ${many}`);
  if (acknowledged.length === 0) return { unknown: `no ${many} were written` };
  if (!found) return { unknown: `the ${many} were never counted` };
  const lost = acknowledged.filter((row) => !found.holds(row));
  const inGaps = lost.filter((row) => found.isInside(row));
  return {
    acknowledged: acknowledged.length,
    lost: lost.length,
    lostInGaps: inGaps.length,
    gaps: stretches(inGaps, acknowledged),
    lostAfterImpairment: impaired === undefined ? 0 : lost.filter(({ ackMs }) => ackMs > impaired).length,
  };
}

/** How many unbroken stretches of acknowledged rows these make. */
function stretches(lost: Row[], acknowledged: Row[]): number {
  const isLost = new Set(lost);
  return acknowledged.filter((row, index) => isLost.has(row) && !isLost.has(acknowledged[index - 1] as Row)).length;
}

const nothing = (why: string | Unknown): Loss => ({
  loss: typeof why === 'string' ? { unknown: why } : why,
  basis: 'nothing',
  window: null,
});

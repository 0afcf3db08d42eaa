import * as z from 'zod';
import type { Drill } from '../drill/drill.ts';
import { countedAs, FAILURE, heartbeatEveryMs, measuresOf, writesRows } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { figureSchema, notSought, type Unknown, unknownSchema } from './figure.ts';
import { acknowledgedRows, type Found, foundRows, type Row } from './heartbeats.ts';
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
      /** Of these, how many lie before the last row present: a hole, which replication does not make. */
      lostInGaps: z.int(),
      gaps: z.int(),
      /** Of the lost ones, how many were acknowledged after the impairment, by a writer that went on. */
      lostAfterImpairment: z.int(),
    }),
    unknownSchema,
  ]),
});

export type DataLoss = z.output<typeof dataLossSchema>;

/**
 * Data loss in milliseconds, held against the RPO.
 * Of a failover: last heartbeat acknowledged before the impairment (or later, if such a row was lost) minus the last one
 * present on the new writer; error bar: the heartbeat interval. Without heartbeats the last `lag` reading, `estimated`.
 * Of a restore: the beginning of the phase `choose`, the assumed moment of disaster, minus what the restored data hold.
 */
export const dataLoss = readOnce((entries): DataLoss => {
  const acknowledged = acknowledgedRows(entries);
  const found = foundRows(entries);
  const { drill } = headerOf(entries);
  const measures = measuresOf(drill);
  const before = foundDone(entries);
  const { loss, basis, window } =
    measures.loss === null
      ? nothing(notSought('this drill measures no data loss'))
      : before !== undefined
        ? nothing(before)
        : measures.loss === 'recovery-point'
          ? restoredAge(entries, acknowledged, found)
          : failoverLoss(entries, acknowledged, found);
  return { loss, basis, window, rows: countLost(acknowledged, found, impairedMs(entries), drill) };
});

type Loss = Omit<DataLoss, 'rows'>;

function failoverLoss(entries: readonly Entry[], acknowledged: Row[], found: Found | undefined): Loss {
  // Where nothing breaks, every row that was acknowledged counts.
  const measures = measuresOf(headerOf(entries).drill);
  const { one, many } = countedAs(measures);
  const isPlanned = measures.recovery?.from !== FAILURE;
  const impaired = isPlanned ? Number.POSITIVE_INFINITY : impairedMs(entries);
  if (impaired === undefined) return nothing('the failure was never brought about');
  if (acknowledged.length === 0 && isPlanned) return nothing(`no ${many} were written`);
  if (acknowledged.length === 0) return lagAtImpairment(entries, impaired);
  if (!found) return nothing(`the ${many} were never counted where they were to arrive`);
  const counted = acknowledged.filter((row) => row.ackMs <= impaired || !found.holds(row));
  const latestMs = Math.max(...counted.map(({ ackMs }) => ackMs));
  if (counted.length === 0) return nothing(`no ${one} was acknowledged before the impairment`);
  const presentMs = lastPresentMs(acknowledged, found);
  if (presentMs === undefined) {
    return nothing(
      `none of this run's ${many} is there: more than the ${inWords(latestMs - (acknowledged[0]?.ackMs ?? latestMs))} of them are lost`,
    );
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
function lagAtImpairment(entries: readonly Entry[], impaired: number): Loss {
  if (enteredMs(entries, 'shift') === undefined)
    return nothing('the recovery region never took over, and no heartbeat rows were written');
  const reading = entriesOf(entries, 'lag').findLast((entry) => instantMs(entry) <= impaired);
  if (!reading)
    return nothing('neither heartbeat rows nor a reading of the replica lag exist from before the impairment');
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

/** When the last row present was acknowledged. One that is there but was never acknowledged stands for those before it. */
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

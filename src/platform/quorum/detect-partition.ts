import * as z from 'zod';
import {
  READING,
  readRight,
  rightPermissions,
  type WitnessObject,
  witnessParams,
} from '../../components/witness/right.ts';
import { inWords } from '../../duration.ts';
import { DrillError, errorFacts } from '../../errors.ts';
import { hasNoAnswer } from '../../steps/account/look.ts';
import { clientLine } from '../../steps/data/client-line.ts';
import { loginTo } from '../../steps/needs.ts';
import { defineStep, type StepContext } from '../../steps/step.ts';
import { hearsOf, lookFromBothSides, sidesParams } from './sight.ts';

const params = z.object({
  sides: sidesParams,
  witness: witnessParams,
  everyMs: z.number(),
  failures: z.int(),
  withinMs: z.number(),
});

/** A version of the right to write, and since when it has stood unchanged, as far as anyone looked. */
export const standingParams = z.object({ version: z.string(), sinceMs: z.number() });
export type Standing = z.output<typeof standingParams>;

/** Since when the two sides have not seen each other; and what stood at the witness meanwhile, where it answered. */
export type Partitioned = { silentSinceMs: number; right: Standing | null };

/**
 * Asks both sides, until neither has heard of the other for that many looks in a row. A side that cannot be asked from here sees nothing
 * either, as far as anyone can tell: a region that is lost and one that is cut off look alike, and only the right to write tells what
 * may be done.
 */
export const detectPartition = defineStep<z.output<typeof params>, Partitioned>({
  kind: 'quorum.detect-partition',
  params,
  needs: ({ sides }) =>
    [sides.writer, sides.replica].map(({ region, instance, name }) =>
      loginTo({ region, instance, database: name }, 'work'),
    ),
  plane: 'data',
  title: ({ everyMs, failures }) =>
    `Detect that neither region reaches the other: ${failures} checks in a row, every ${everyMs / 1000} s`,
  calls: READING,
  permissions: ({ witness }) => rightPermissions(witness),
  command: ({ sides: { writer, replica } }) =>
    [
      clientLine({ ...writer, database: writer.name }, hearsOf(writer).writer.text),
      clientLine({ ...replica, database: replica.name }, hearsOf(replica).replica.text),
    ]
      .map((line) => line.replace(/\s+/g, ' '))
      .join('; '),
  doneWhen: () => 'Neither side sees the other, several times in a row.',
  usuallyMs: ({ everyMs, failures, sides }) => everyMs * (failures - 1) + sides.silenceMs,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ sides, witness, everyMs, failures, withinMs }, context) {
    const { clock, signal, record } = context;
    const lastMs = clock.nowMs() + withinMs;
    let blind = 0;
    let silentSinceMs = 0;
    let right = null as Standing | null;
    for (;;) {
      const beganMs = clock.nowMs();
      const [sights, version] = await Promise.all([lookFromBothSides(sides, context), versionAt(witness, context)]);
      for (const { check, sees, detail } of sights)
        record({ type: 'check', check, layer: 'infrastructure', critical: true, ok: sees === true, detail });
      if (version !== undefined && version !== right?.version) right = { version, sinceMs: clock.nowMs() };
      const isBlind = sights.every(({ sees }) => sees !== true);
      if (isBlind && blind === 0) silentSinceMs = beganMs;
      blind = isBlind ? blind + 1 : 0;
      if (blind >= failures) return { silentSinceMs, right };
      if (clock.nowMs() >= lastMs) {
        throw new DrillError('nothing-detected', `No partition was detected within ${inWords(withinMs)}.`, {
          hint: 'See whether the link was cut at all, and whether replication goes over it.',
        });
      }
      await clock.sleep(Math.max(0, beganMs + everyMs - clock.nowMs()), signal);
    }
  },
});

/** Which version of the right stands at the witness; nothing where that does not answer. */
async function versionAt(witness: WitnessObject, context: StepContext): Promise<string | undefined> {
  try {
    const right = await readRight(witness, context, { once: true });
    const detail = right ? `${right.holder ?? 'nobody'} holds the right to write` : 'there is no such object';
    context.record({
      type: 'check',
      check: 'witness',
      layer: 'infrastructure',
      critical: false,
      ok: right !== undefined,
      detail,
    });
    return right?.version;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!hasNoAnswer(error)) throw error;
    const detail = `it does not answer: ${errorFacts(error).message}`;
    context.record({ type: 'check', check: 'witness', layer: 'infrastructure', critical: false, ok: false, detail });
    return undefined;
  }
}

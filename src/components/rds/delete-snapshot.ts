import * as z from 'zod';
import { snapshotName } from '../../drill/names.ts';
import { DrillError } from '../../errors.ts';
import { given, side } from '../../steps/given.ts';
import { isOfDrill, markInTags, tellLeftover } from '../../steps/mark.ts';
import { defineStep, type StepContext } from '../../steps/step.ts';
import { untilGone } from '../../steps/until-gone.ts';
import { untilTaken } from '../../steps/until-taken.ts';
import type { Place, Snapshots } from './snapshots.ts';

const params = z.object({ region: z.string(), identifier: z.string(), drill: z.string() });

interface Kind {
  kind: string;
  snapshots: Snapshots;
  /** RDS's operations, as permissions name them. */
  calls: string[];
  /** How steps call what is altered. */
  thing: (region: string, identifier: string) => string;
  remove: (place: Place, context: StepContext) => Promise<unknown>;
  /** RDS's errors where it is not there, and where it cannot be deleted yet. */
  missing: string;
  busy: string;
}

/** Deletes a snapshot that the drill made or copied, and only one that bears its tag. */
export const deletingSnapshot = ({ kind, snapshots, calls, thing, remove, missing, busy }: Kind) =>
  defineStep<z.output<typeof params>>({
    kind,
    params,
    given: given(
      z.strictObject({ identifier: snapshotName, in: side.default('recovery') }),
      ({ identifier, in: where }, { topology, drill }) => ({ region: topology.regions[where], identifier, drill }),
    ),
    needs: () => [],
    alters: ({ region, identifier }) => [thing(region, identifier)],
    plane: 'control',
    title: ({ identifier }) => `Delete the copied snapshot ${identifier}`,
    region: ({ region }) => region,
    calls,
    permissions: ({ region, identifier }, account) =>
      calls.map((action) => ({ action, resource: snapshots.arn(region, account, identifier) })),
    command: ({ region, identifier }) =>
      `aws rds delete-${snapshots.sourceType} --region ${region} --${snapshots.sourceType}-identifier ${identifier}`,
    doneWhen: ({ identifier }) => `${identifier} is no longer listed.`,
    usuallyMs: () => 5_000,

    async observe({ region, identifier, drill }, context) {
      const found = await snapshots.find(context, region, identifier);
      if (!found) return { done: true, state: { status: null } };
      const mark = markInTags(found.TagList);
      if (!isOfDrill(mark, drill))
        throw new DrillError('not-ours', `${identifier} does not have this drill's tag, and is not changed.`);
      tellLeftover(mark, { what: identifier, drill }, context);
      return { done: false, state: { status: found.Status ?? 'unknown' } };
    },

    async apply(place, context) {
      // Still being copied, or read by a restore: RDS refuses until that is over.
      await untilTaken(context, () => remove(place, context), { missing: [missing], busy: [busy, 'Throttling'] });
      return undefined;
    },

    async settle({ region, identifier }, context) {
      const isThere = async () => (await snapshots.find(context, region, identifier)) !== undefined;
      await untilGone(context, identifier, isThere);
      return null;
    },
  });

import * as z from 'zod';
import { snapshotName } from '../../../drill/names.ts';
import { component, databaseGiven, databaseOf, earlierStep, given, NOT_YET_MS, side } from '../../../steps/given.ts';
import { markedBy, markInTags, mustBeOfRun, tagOption, tagsFor } from '../../../steps/mark.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';
import { askForCopy, snapshotPatterns, untilCopied } from '../../rds/snapshots.ts';
import { NIGHTLY, type RecoveryPoint, type SnapshotType, snapshotType } from '../../recovery-point.ts';
import { things } from '../needs.ts';
import { isKey, keyCalls, keyNeeds, keyOf, keyPermissions, keyWords } from './kms-key.ts';
import { findSnapshot, instanceSnapshots, snapshotArn } from './snapshot.ts';

const params = z.object({
  account: z.string(),
  from: z.string(),
  region: z.string(),
  source: z.string(),
  instance: z.string(),
  timeMs: z.number(),
  /** Who may have made it. */
  types: z.array(snapshotType).optional(),
  identifier: z.string(),
  key: z.object({ region: z.string(), named: z.string().nullable(), instance: z.string() }),
  drill: z.string(),
});
type Params = z.output<typeof params>;

/** Copies a snapshot to the other region, encrypted with a key of that region. The copy bears the tags of its run. */
export const copySnapshot = defineStep<Params, RecoveryPoint>({
  kind: 'rds.copy-snapshot',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on,
      point: earlierStep.describe('The step that chose the snapshot.'),
      to: side.default('recovery'),
      identifier: snapshotName.describe('The name of the copy. No snapshot may have it yet.'),
    }),
    ({ on, point, to, identifier }, around) => {
      const { topology, drill } = around;
      const { region: from, instance } = databaseOf({ on }, around);
      const region = topology.regions[to];
      const { kmsKey, identifier: neighbour } = component('rds-replica', around)[
        to === 'primary' ? 'writer' : 'replica'
      ];
      const { id, timeMs } = around.result(point, { id: '<newest snapshot>', timeMs: NOT_YET_MS });
      const { types } = around.asked<{ types: SnapshotType[] }>(point);
      const key = { region, named: kmsKey ?? null, instance: neighbour };
      return {
        account: topology.account,
        from,
        region,
        source: id,
        instance,
        timeMs,
        identifier,
        key,
        drill,
        ...(types && { types }),
      };
    },
  ),
  needs: ({ region, identifier, key, drill }) => [
    { need: 'rds-free-snapshot', region, snapshot: identifier, drill },
    ...keyNeeds(key),
  ],
  alters: ({ region, identifier }) => [things.snapshot(region, identifier)],
  plane: 'control',
  title: ({ source, region, identifier }) => `Copy ${source} to ${region} as ${identifier}`,
  region: ({ region }) => region,
  calls: ({ key }) => [INSTANCE_LOOK, 'rds:DescribeDBSnapshots', 'rds:CopyDBSnapshot', ...keyCalls(key)],
  permissions: ({ from, region, instance, identifier, key, types }, account) => [
    ...[
      ...snapshotPatterns(instanceSnapshots, { region: from, account, of: instance, types: types ?? NIGHTLY }),
      snapshotArn(region, account, identifier),
    ].flatMap((resource) => ['rds:CopyDBSnapshot', 'rds:DescribeDBSnapshots'].map((action) => ({ action, resource }))),
    { action: 'rds:AddTagsToResource', resource: snapshotArn(region, account, identifier) },
    ...(key.named === null ? instancePermissions(region, account, key.instance) : []),
    ...keyPermissions(key, account),
  ],
  command: ({ account, from, region, source, identifier, key, drill }) =>
    `aws rds copy-db-snapshot --region ${region} --source-region ${from} --source-db-snapshot-identifier ${snapshotArn(from, account, source)} --target-db-snapshot-identifier ${identifier} --kms-key-id ${keyWords(key)} --tags ${tagOption(drill)}`,
  byHand: { gives: ({ identifier, timeMs }) => ({ id: identifier, timeMs }) },
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 300_000,

  async observe({ region, identifier, drill }, context) {
    const found = await findSnapshot(context, region, identifier);
    if (!found) return { done: false, state: { status: null } };
    const what = `the snapshot ${identifier} in ${region}`;
    const otherwise = 'Give the copy another name in the drill file';
    mustBeOfRun(markInTags(found.TagList), { what, drill, otherwise }, context);
    const status = found.Status ?? 'unknown';
    return { done: status === 'available', underway: true, state: { status } };
  },

  async apply({ account, from, region, source, identifier, key, drill }, context) {
    const original = await findSnapshot(context, from, source);
    const KmsKeyId = original?.Encrypted ? await keyOf(key, context) : undefined;
    const asked = {
      SourceDBSnapshotIdentifier: snapshotArn(from, account, source),
      TargetDBSnapshotIdentifier: identifier,
      ...(KmsKeyId !== undefined && { KmsKeyId }),
      Tags: tagsFor(markedBy(drill, context)),
    };
    return askForCopy(identifier, () => context.aws.call('rds', region, 'CopyDBSnapshot', asked), context);
  },

  async settle({ region, identifier, timeMs, key }, context) {
    const copy = await untilCopied({ region, identifier }, instanceSnapshots, context);
    if (copy.Encrypted) await noteKey(copy.KmsKeyId ?? '', key, context);
    return { from: 'snapshot', id: identifier, timeMs };
  },
});

/** Without the first region, its key would be out of reach as well. */
async function noteKey(used: string, key: Params['key'], context: StepContext): Promise<void> {
  const ok = await isKey(used, key, context);
  context.record({
    type: 'check',
    check: 'copy-encrypted-there',
    layer: 'verification',
    critical: true,
    ok,
    detail: ok ? `with ${used}` : `with ${used}, not with ${key.named ?? `the key of ${key.instance}`}`,
  });
}

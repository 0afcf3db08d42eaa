import * as z from 'zod';
import { instanceName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { type Asked, databaseOf, given, side } from '../../../steps/given.ts';
import { isOfRun, markInTags } from '../../../steps/mark.ts';
import { defineStep } from '../../../steps/step.ts';
import { instanceOf } from '../../rds/instance.ts';
import { likeness, said } from './like-original.ts';
import { inPlaceOfTheOther, promoteReplica } from './promote-replica.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  backupRetentionDays: z.int(),
  like: likeness,
  said,
  drill: z.string(),
});

/** It is compared as the replica of its region would be, as far as that matters for a test. */
function testOf(where: z.output<typeof side>, around: Asked) {
  const { like, said } = inPlaceOfTheOther(where === 'primary' ? 'writer' : 'replica', around);
  return { like: { ...like, purpose: 'test' as const }, said };
}

const { pointOfNoReturn: _, ...promotion } = promoteReplica;

/** Promotes a replica that this run made, and no other: nobody writes to it, and it is thrown away. */
export const promoteTestReplica = defineStep<z.output<typeof params>, { writer: string; address: string }>({
  ...promotion,
  kind: 'rds.promote-test-replica',
  params,
  given: given(
    z.strictObject({
      identifier: instanceName.describe('A replica that this drill made.'),
      in: side.default('recovery'),
      backupRetention: z.int().min(1).max(35).default(1),
    }),
    ({ identifier, in: where, backupRetention }, around) => ({
      ...databaseOf({ on: 'replica', region: around.topology.regions[where], instance: identifier }, around),
      backupRetentionDays: backupRetention,
      ...testOf(where, around),
      drill: around.drill,
    }),
  ),
  needs: () => [],
  async observe(target, context) {
    const found = await instanceOf(context, target.region, target.instance);
    if (!isOfRun(markInTags(found.TagList), target.drill, context)) {
      throw new DrillError('not-ours', `${target.instance} was not made by this run, and is not promoted.`, {
        hint: 'A replica that was there before is promoted by rds.promote-replica.',
      });
    }
    return promotion.observe(target, context);
  },
});

import { isAwsError } from '../../aws/aws.ts';
import { cliRegion } from '../../partition.ts';
import { blocker, type Finding, warning } from '../../steps/account/findings.ts';
import { type Look, type LookContext, type LookFor, rootOf, together, UNSAID } from '../../steps/account/look.ts';
import type { NeedOf } from '../../steps/needs.ts';
import { READING, readCommand, readRight, rightPermissions, writeCommand } from './right.ts';
import { VIEWING, viewCommand, viewOfTheWorld, viewPermissions } from './world-view.ts';

type WitnessNeed = NeedOf<'witness'>;

/** Whose the right to write is, and whether the health checks tell how the rest of the world sees the two regions. */
export const witnessLook: LookFor<'witness'> = {
  calls: () => [...READING, ...VIEWING],
  permissions: (witness) => [...rightPermissions(witness), ...viewPermissions(witness.healthChecks)],
  subject: () => 'witness',
  async look(witness, context) {
    const [right, views] = await Promise.all([rightLook(witness, context), viewsLook(witness, context)]);
    return together([right, views]);
  },
};

async function rightLook(witness: WitnessNeed, context: LookContext): Promise<Look> {
  const { bucket, key, region } = witness;
  const right = await readRight(witness, context).catch((error) => {
    if (isAwsError(rootOf(error), 'NoSuchBucket', 'PermanentRedirect')) return undefined;
    throw error;
  });
  const row = { what: `${bucket}/${key}`, topology: 'held by primary', account: heldBy(right) };
  if (right?.holder === 'primary') return { rows: [row], findings: [] };
  const what = right
    ? `the right to write belongs to ${right.holder ?? 'nobody'}, not to the primary region`
    : `there is no ${key} in a bucket ${bucket} in ${region}`;
  const why =
    'The side with the right to write may write. In a partition, the drill would find it with the wrong side, or not at all.';
  const fix = `Make the primary region's guard renew it: ${right ? writeCommand(witness, 'primary') : readCommand(witness)}`;
  return { rows: [row], findings: [blocker(key, what, why, fix)] };
}

const heldBy = (right: Awaited<ReturnType<typeof readRight>>): string =>
  right ? `held by ${right.holder ?? 'nobody'}` : 'not there';

async function viewsLook({ healthChecks }: WitnessNeed, context: LookContext): Promise<Look> {
  const views = await viewOfTheWorld(healthChecks, context).catch((error) => {
    // A calculated check has no checkers of its own.
    if (isAwsError(rootOf(error), 'NoSuchHealthCheck', 'InvalidInput')) return error as Error;
    throw error;
  });
  if (views instanceof Error) {
    const what = `the witness's health checks tell nothing: ${views.message}`;
    const why = 'It would be unknown which of the two regions the rest of the world reaches.';
    const fix = `Name checks of the two regions' endpoints, not calculated ones: ${viewCommand(healthChecks)}`;
    return { rows: [], findings: [blocker('health checks', what, why, fix)] };
  }
  const sides = (['primary', 'recovery'] as const).map((side) => ({ side, ...views[side] }));
  return {
    rows: sides.map(({ side, detail }) => ({
      what: `${healthChecks[side]} sees ${side}`,
      topology: UNSAID,
      account: detail,
    })),
    findings: sides.filter(({ sees }) => sees !== true).map(({ side, detail }) => unseen(side, detail, healthChecks)),
  };
}

const unseen = (
  side: 'primary' | 'recovery',
  detail: string,
  { region, [side]: id }: WitnessNeed['healthChecks'],
): Finding =>
  warning(
    id,
    `health checks do not reach the ${side} region: ${detail}`,
    'The recovery side claims no right to write for a region that cannot be reached; a healthy region must be seen as healthy first.',
    `Look at it: aws route53 get-health-check-status${cliRegion(region)} --health-check-id ${id}`,
  );

import { isDeepStrictEqual } from 'node:util';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { globalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { DrillError } from '../../../errors.ts';
import { globalRegionOf } from '../../../partition.ts';
import { until } from '../../../steps/poll.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';
import { inALine, leadsTo, movableSetsOf, type Records } from './record-sets.ts';

/** What reading and changing records calls. */
export const recordCalls = [
  'route53:ListResourceRecordSets',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
] as const;

export function recordPermissions({ region, zone }: Pick<Records, 'region' | 'zone'>): Permission[] {
  const arn = (resource: string) => globalArn({ service: 'route53', region, resource });
  return [
    { action: 'route53:ListResourceRecordSets', resource: arn(`hostedzone/${zone}`) },
    { action: 'route53:ChangeResourceRecordSets', resource: arn(`hostedzone/${zone}`) },
    { action: 'route53:GetChange', resource: arn('change/*') },
  ];
}

/** How often records are read and asked for again when they change at the same moment. */
const TRIES = 3;

/**
 * Changes records of a name in one batch, which Route 53 carries out as a whole or not at all. Gives the change, for `inSync` to wait for;
 * none, where nothing is to be changed.
 * @param changesOf what is to be changed of the sets as they stand
 */
export async function changeRecords(
  records: Records,
  changesOf: (sets: ResourceRecordSet[]) => Change[],
  context: StepContext,
): Promise<{ change: string | null }> {
  let sets = await movableSetsOf(records, context);
  for (let tries = 1; ; tries += 1) {
    const Changes = changesOf(sets);
    if (Changes.length === 0) return { change: null };
    try {
      const answer = await context.aws.call('route53', records.region, 'ChangeResourceRecordSets', {
        HostedZoneId: records.zone,
        ChangeBatch: { Comment: 'dr-drill: traffic shift', Changes },
      });
      return { change: answer.ChangeInfo?.Id ?? null };
    } catch (error) {
      if (isAwsError(error, 'PriorRequestNotComplete')) throw busy(records, error);
      if (!isAwsError(error, 'InvalidChangeBatch')) throw error;
      const now = await movableSetsOf(records, context);
      // Refused as it stands: to ask again gives the same answer.
      if (isDeepStrictEqual(now, sets)) throw error;
      if (tries === TRIES || leadElsewhere(sets, now)) throw changedMeanwhile(records, sets, now, error);
      sets = now;
    }
  }
}

/** A set that goes or comes, or leads to another place, is a matter for a person; a weight, role or TTL is read anew. */
const leadElsewhere = (before: ResourceRecordSet[], now: ResourceRecordSet[]): boolean =>
  JSON.stringify(before.map(whither).sort()) !== JSON.stringify(now.map(whither).sort());

const whither = (set: ResourceRecordSet): string => `${set.Type} ${set.SetIdentifier} ${leadsTo(set)}`;

/** What stands otherwise than before, set by set. */
function unlike(before: readonly ResourceRecordSet[], now: readonly ResourceRecordSet[]): string[] {
  const [old, current] = [before.map(inALine), now.map(inALine)];
  return [
    ...old.filter((line) => !current.includes(line)).map((line) => `no longer "${line}"`),
    ...current.filter((line) => !old.includes(line)).map((line) => `now "${line}"`),
  ];
}

export const changedMeanwhile = (
  { region, name }: Records,
  before: readonly ResourceRecordSet[],
  now: readonly ResourceRecordSet[],
  cause?: unknown,
): DrillError =>
  new DrillError(
    'changed-by-others',
    `The records of ${name} were changed by somebody else while this step was changing them: ${unlike(before, now).join('; ')}.`,
    { hint: pauseOthers(region), cause },
  );

const busy = ({ region, name, zone }: Records, cause: unknown): DrillError =>
  new DrillError(
    'zone-busy',
    `Route 53 is still working on another change of ${zone}, the zone of ${name}. It is not a change of this step.`,
    { hint: pauseOthers(region), cause },
  );

/**
 * What a person can do about another owner of the records.
 * @param region any of the partition
 */
export const pauseOthers = (region: string): string =>
  `Pause whatever else manages these records (external-dns, Terraform, another pipeline), and run again. Route 53 keeps no author: CloudTrail in ${globalRegionOf('route53', region)} names who called.`;

export async function inSync(
  { region }: Records,
  change: string | null | undefined,
  context: StepContext,
): Promise<void> {
  if (!change) return;
  await until(context, async () => {
    const answer = await context.aws.call('route53', region, 'GetChange', { Id: change });
    return answer.ChangeInfo?.Status === 'INSYNC' ? true : undefined;
  });
}

import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { globalArn } from '../../arn.ts';
import { plainDomain } from '../../drill/names.ts';
import { DrillError } from '../../errors.ts';
import { until } from '../poll.ts';
import type { Permission, StepContext } from '../step.ts';

/** The records of one name, and the region that Route 53 is called in. */
export interface Records {
  region: string;
  zone: string;
  name: string;
}

/** Weight by set identifier. */
export type Weights = Record<string, number>;

/** What reading and changing weights calls. */
export const weightCalls = [
  'route53:ListResourceRecordSets',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
] as const;

export const weightPermissions = ({ region, zone }: Records): Permission[] => [
  {
    action: 'route53:ListResourceRecordSets',
    resource: globalArn({ service: 'route53', region, resource: `hostedzone/${zone}` }),
  },
  {
    action: 'route53:ChangeResourceRecordSets',
    resource: globalArn({ service: 'route53', region, resource: `hostedzone/${zone}` }),
  },
  { action: 'route53:GetChange', resource: globalArn({ service: 'route53', region, resource: 'change/*' }) },
];

/** An UPSERT wants each record whole, so the records are read, given their weights and written back. */
export const weightsCommand = ({ zone, name }: Records, weights: Weights): string =>
  `aws route53 list-resource-record-sets --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && SetIdentifier]" | jq '${JSON.stringify(weights)} as $weights | {Changes: [.[] | .Weight = $weights[.SetIdentifier] | {Action: "UPSERT", ResourceRecordSet: .}]}' | aws route53 change-resource-record-sets --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;

export const weightsNow = async (records: Records, context: StepContext): Promise<Weights> =>
  Object.fromEntries((await recordsOf(records, context)).map((set) => [set.SetIdentifier ?? '', set.Weight ?? 0]));

export const haveWeights = (now: Weights, wanted: Weights): boolean =>
  Object.entries(wanted).every(([set, weight]) => now[set] === weight);

/** Asks for the weights; gives the change, for `inSync` to wait for. */
export async function setWeights(
  records: Records,
  weights: Weights,
  context: StepContext,
): Promise<{ change: string }> {
  const sets = await recordsOf(records, context);
  const missing = Object.keys(weights).filter((set) => !sets.some((one) => one.SetIdentifier === set));
  if (missing.length > 0) {
    throw new DrillError(
      'record-missing',
      `${records.name} has no record with the set identifier ${missing.join(', ')}.`,
      { hint: 'Compare the topology with the hosted zone.' },
    );
  }
  const answer = await context.aws.call('route53', records.region, 'ChangeResourceRecordSets', {
    HostedZoneId: records.zone,
    ChangeBatch: {
      Comment: 'dr-drill: traffic shift',
      Changes: sets
        .filter((set) => set.SetIdentifier && set.SetIdentifier in weights)
        .map((set) => ({
          Action: 'UPSERT' as const,
          ResourceRecordSet: { ...set, Weight: weights[set.SetIdentifier as string] },
        })),
    },
  });
  return { change: answer.ChangeInfo?.Id ?? '' };
}

/** Gives the weights back, and waits until every name server has them; does nothing where they are as they were. */
export async function returnWeights(records: Records, former: Weights, context: StepContext): Promise<void> {
  if (haveWeights(await weightsNow(records, context), former)) return;
  const { change } = await setWeights(records, former, context);
  await inSync(records, change, context);
}

export async function inSync({ region }: Records, change: string, context: StepContext): Promise<void> {
  await until(context, async () => {
    const answer = await context.aws.call('route53', region, 'GetChange', { Id: change });
    return answer.ChangeInfo?.Status === 'INSYNC' ? true : undefined;
  });
}

export async function recordsOf({ region, zone, name }: Records, { aws }: StepContext): Promise<ResourceRecordSet[]> {
  const answer = await aws.call('route53', region, 'ListResourceRecordSets', {
    HostedZoneId: zone,
    StartRecordName: name,
    StartRecordType: 'A',
  });
  return (answer.ResourceRecordSets ?? []).filter((set) => plainDomain(set.Name ?? '') === name && set.SetIdentifier);
}

import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as z from 'zod';
import { GLOBAL_REGION } from '../../aws/aws.ts';
import { DrillError } from '../../errors.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { answersOnly } from './answer.ts';

const params = z.object({
  zone: z.string(),
  name: z.string(),
  /** Weight by set identifier. */
  weights: z.record(z.string(), z.int().min(0).max(255)),
  address: z.string(),
});
type Params = z.output<typeof params>;
type Weights = Params['weights'];

/** Shifts traffic by the weights of the records: needs Route 53's control plane, which lives in us-east-1. */
export const weightRecords = defineStep<Params>({
  kind: 'route53.weight-records',
  params,
  plane: 'control',
  title: ({ name, weights }) =>
    `Shift ${name} to ${Object.entries(weights)
      .map(([set, weight]) => `${set} ${weight}`)
      .join(', ')}`,
  region: () => GLOBAL_REGION,
  calls: ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets', 'route53:GetChange'],
  permissions: ({ zone }) => [
    { action: 'route53:ListResourceRecordSets', resource: `arn:aws:route53:::hostedzone/${zone}` },
    { action: 'route53:ChangeResourceRecordSets', resource: `arn:aws:route53:::hostedzone/${zone}` },
    { action: 'route53:GetChange', resource: 'arn:aws:route53:::change/*' },
  ],
  command: (target) => weightsCommand(target, target.weights),
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const now = weightsOf(await recordsOf(target, context));
    const asked = Object.entries(target.weights).every(([set, weight]) => now[set] === weight);
    return { done: asked && (await answersOnly(target, context)), underway: asked, state: now };
  },

  repeatable: true,
  apply: (target, context) => upsert(target, target.weights, context),

  async settle(target, context, _before, receipt) {
    const change = (receipt as { change: string } | undefined)?.change;
    if (change) await inSync(change, context);
    await until(context, async () => ((await answersOnly(target, context)) ? true : undefined), { maxMs: 2_000 });
    return null;
  },

  async undo(target, context, before) {
    const former = before.state as Weights;
    const now = weightsOf(await recordsOf(target, context));
    if (Object.entries(former).every(([set, weight]) => now[set] === weight)) return;
    const { change } = await upsert(target, former, context);
    await inSync(change, context);
  },

  undoCommand: (target, before) => weightsCommand(target, before.state as Weights),
});

/** An UPSERT wants each record whole, so the records are read, given their weights and written back. */
const weightsCommand = ({ zone, name }: Params, weights: Weights): string =>
  `aws route53 list-resource-record-sets --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && SetIdentifier]" | jq '${JSON.stringify(weights)} as $weights | {Changes: [.[] | .Weight = $weights[.SetIdentifier] | {Action: "UPSERT", ResourceRecordSet: .}]}' | aws route53 change-resource-record-sets --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;

async function recordsOf({ zone, name }: Params, { aws }: StepContext): Promise<ResourceRecordSet[]> {
  const answer = await aws.call('route53', GLOBAL_REGION, 'ListResourceRecordSets', {
    HostedZoneId: zone,
    StartRecordName: name,
    StartRecordType: 'A',
  });
  const plain = (given: string | undefined) => given?.replace(/\.$/, '');
  return (answer.ResourceRecordSets ?? []).filter((set) => plain(set.Name) === name && set.SetIdentifier);
}

const weightsOf = (records: ResourceRecordSet[]): Weights =>
  Object.fromEntries(records.map((set) => [set.SetIdentifier ?? '', set.Weight ?? 0]));

async function upsert(target: Params, weights: Weights, context: StepContext): Promise<{ change: string }> {
  const records = await recordsOf(target, context);
  const missing = Object.keys(weights).filter((set) => !records.some((record) => record.SetIdentifier === set));
  if (missing.length > 0) {
    throw new DrillError(
      'record-missing',
      `${target.name} has no record with the set identifier ${missing.join(', ')}.`,
      {
        hint: 'Compare the topology with the hosted zone.',
      },
    );
  }
  const answer = await context.aws.call('route53', GLOBAL_REGION, 'ChangeResourceRecordSets', {
    HostedZoneId: target.zone,
    ChangeBatch: {
      Comment: 'dr-drill: traffic shift',
      Changes: records
        .filter((set) => set.SetIdentifier && set.SetIdentifier in weights)
        .map((set) => ({
          Action: 'UPSERT' as const,
          ResourceRecordSet: { ...set, Weight: weights[set.SetIdentifier as string] },
        })),
    },
  });
  return { change: answer.ChangeInfo?.Id ?? '' };
}

async function inSync(change: string, context: StepContext): Promise<void> {
  await until(context, async () => {
    const answer = await context.aws.call('route53', GLOBAL_REGION, 'GetChange', { Id: change });
    return answer.ChangeInfo?.Status === 'INSYNC' ? true : undefined;
  });
}

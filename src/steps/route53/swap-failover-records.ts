import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as z from 'zod';
import { setIdentifierOf } from '../../drill/traffic.ts';
import { DrillError } from '../../errors.ts';
import { globalRegionOf } from '../../partition.ts';
import { given, shiftGiven } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { answersOnly } from './answer.ts';
import { inSync, type Records, recordsOf, weightCalls, weightPermissions } from './weights.ts';

const params = z.object({
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  /** The set identifier of the record that is to be the primary one. */
  primary: z.string(),
  address: z.string(),
});
type Params = z.output<typeof params>;

/**
 * Shifts all traffic by exchanging the roles of the two failover records: needs Route 53's control plane, which lives in one region. Both go
 * and come in one batch, which Route 53 carries out as a whole or not at all: there is never a moment without either.
 */
export const swapFailoverRecords = defineStep<Params>({
  kind: 'route53.swap-failover-records',
  params,
  given: given(shiftGiven, ({ to }, { topology: { regions, traffic } }) => ({
    region: globalRegionOf('route53', regions.recovery),
    zone: traffic.zone,
    name: traffic.name,
    primary: setIdentifierOf(traffic[to]),
    address: traffic[to].address,
  })),
  plane: 'control',
  title: ({ name, primary }) => `Make ${primary} the primary record of ${name}`,
  region: ({ region }) => region,
  calls: weightCalls,
  permissions: weightPermissions,
  command: (target) => swapCommand(target, target.primary),
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const primary = await primaryNow(target, context);
    const asked = primary === target.primary;
    return { done: asked && (await answersOnly(target, context)), underway: asked, state: { primary } };
  },

  repeatable: true,
  apply: (target, context) => makePrimary(target, target.primary, context),

  async settle(target, context, _before, receipt) {
    const change = (receipt as { change: string | null } | undefined)?.change;
    if (change) await inSync(target, change, context);
    await until(context, async () => ((await answersOnly(target, context)) ? true : undefined), { maxMs: 2_000 });
    return null;
  },

  async undo(target, context, { state }) {
    const { change } = await makePrimary(target, (state as { primary: string }).primary, context);
    if (change) await inSync(target, change, context);
  },
  undoCommand: (target, { state }) => swapCommand(target, (state as { primary: string }).primary),
});

/** A record can only be replaced as a whole, and there may be one of each role only: both are deleted and created anew. */
const swapCommand = ({ zone, name }: Records, primary: string): string =>
  `aws route53 list-resource-record-sets --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && Failover]" | jq '{Changes: ([.[] | {Action: "DELETE", ResourceRecordSet: .}] + [.[] | .Failover = (if .SetIdentifier == "${primary}" then "PRIMARY" else "SECONDARY" end) | {Action: "CREATE", ResourceRecordSet: .}])}' | aws route53 change-resource-record-sets --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;

async function failoverRecords(records: Records, context: StepContext): Promise<ResourceRecordSet[]> {
  const sets = (await recordsOf(records, context)).filter(({ Failover }) => Failover);
  if (sets.length === 2) return sets;
  throw new DrillError('records-missing', `${records.name} has ${sets.length} failover records, not two.`, {
    hint: 'Compare the topology with the hosted zone.',
  });
}

async function primaryNow(records: Records, context: StepContext): Promise<string> {
  const sets = await failoverRecords(records, context);
  return sets.find(({ Failover }) => Failover === 'PRIMARY')?.SetIdentifier ?? '';
}

/** Gives the change to wait for; none, where it is so already. */
async function makePrimary(
  records: Records,
  primary: string,
  context: StepContext,
): Promise<{ change: string | null }> {
  const sets = await failoverRecords(records, context);
  if (sets.some(({ Failover, SetIdentifier }) => Failover === 'PRIMARY' && SetIdentifier === primary))
    return { change: null };
  const change = (Action: 'DELETE' | 'CREATE', set: ResourceRecordSet): Change => ({ Action, ResourceRecordSet: set });
  const swapped = sets.map(
    (set): ResourceRecordSet => ({ ...set, Failover: set.SetIdentifier === primary ? 'PRIMARY' : 'SECONDARY' }),
  );
  const answer = await context.aws.call('route53', records.region, 'ChangeResourceRecordSets', {
    HostedZoneId: records.zone,
    ChangeBatch: {
      Comment: 'dr-drill: traffic shift',
      Changes: [...sets.map((set) => change('DELETE', set)), ...swapped.map((set) => change('CREATE', set))],
    },
  });
  return { change: answer.ChangeInfo?.Id ?? null };
}

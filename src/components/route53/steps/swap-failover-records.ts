import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { cliRegion, globalRegionOf } from '../../../partition.ts';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import { destinationOf, setIdentifierOf } from '../schema.ts';
import { answersAs, destinationParams, untilAnswersAs } from './answer.ts';
import { changeRecords, inSync, recordCalls, recordPermissions } from './change-records.ts';
import { factsOf, movable, movableSetsOf, type Records, setsOf } from './record-sets.ts';

const params = z.object({
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  /** The set identifier of the record that is to be the primary one. */
  primary: z.string(),
  to: destinationParams,
});
type Params = z.output<typeof params>;

/**
 * Shifts all traffic by exchanging the roles of the two failover records: needs Route 53's control plane, which lives in one region. Both go
 * and come in one batch, which Route 53 carries out as a whole or not at all: there is never a moment without either.
 */
export const swapFailoverRecords = defineStep<Params>({
  kind: 'route53.swap-failover-records',
  params,
  given: given(shiftGiven, ({ to }, around) => {
    const { regions } = around.topology;
    const traffic = component('route53', around);
    return {
      region: globalRegionOf('route53', regions.recovery),
      zone: traffic.zone,
      name: traffic.name,
      primary: setIdentifierOf(traffic[to]),
      to: destinationOf(traffic[to]),
    };
  }),
  needs: ({ name }) => [{ need: 'public-name', name }],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  title: ({ name, primary }) => `Make ${primary} the primary record of ${name}`,
  region: ({ region }) => region,
  calls: recordCalls,
  permissions: recordPermissions,
  command: (target) => swapCommand(target, target.primary),
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const primary = await primaryNow(target, context);
    const asked = primary === target.primary;
    return { done: asked && (await answersAs(target, context)), underway: asked, state: { primary } };
  },

  repeatable: true,
  apply: (target, context) => makePrimary(target, target.primary, context),

  async settle(target, context, _before, receipt) {
    await inSync(target, (receipt as { change: string | null } | undefined)?.change, context);
    await untilAnswersAs(target, context);
    return null;
  },

  async standing(target, context) {
    const sets = await setsOf(target, context);
    const asAsked = pairsIn(movable(sets), target).every((set) => set.Failover === roleOf(set, target.primary));
    return { asAsked, facts: factsOf(sets) };
  },

  async undo(target, context, { state }) {
    const { change } = await makePrimary(target, (state as { primary: string }).primary, context);
    await inSync(target, change, context);
  },
  undoCommand: (target, { state }) => swapCommand(target, (state as { primary: string }).primary),
});

/** A record can only be replaced as a whole, and there may be one of each role only: both are deleted and created anew. */
const swapCommand = ({ region, zone, name }: Records, primary: string): string =>
  `aws route53 list-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && Failover]" | jq '{Changes: ([.[] | {Action: "DELETE", ResourceRecordSet: .}] + [.[] | .Failover = (if .SetIdentifier == "${primary}" then "PRIMARY" else "SECONDARY" end) | {Action: "CREATE", ResourceRecordSet: .}])}' | aws route53 change-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;

/** Two records of each type: those of other types than A are exchanged with them. */
function pairsIn(sets: readonly ResourceRecordSet[], { name }: Records): ResourceRecordSet[] {
  const pairs = sets.filter(({ Failover }) => Failover);
  const types = [...new Set(pairs.map(({ Type }) => Type))];
  const odd = types.find((type) => pairs.filter(({ Type }) => Type === type).length !== 2);
  if (types.length > 0 && odd === undefined) return pairs;
  const count = pairs.filter(({ Type }) => Type === odd).length;
  throw new DrillError(
    'records-missing',
    `${name} has ${count} failover records${odd ? ` of type ${odd}` : ''}, not two.`,
    {
      hint: 'Compare the topology with the hosted zone.',
    },
  );
}

const roleOf = ({ SetIdentifier }: ResourceRecordSet, primary: string) =>
  SetIdentifier === primary ? ('PRIMARY' as const) : ('SECONDARY' as const);

/** Which set is the primary one; where types differ, those of type A tell. */
async function primaryNow(records: Records, context: StepContext): Promise<string> {
  const first = pairsIn(await movableSetsOf(records, context), records).filter(
    ({ Failover }) => Failover === 'PRIMARY',
  );
  return first[0]?.SetIdentifier ?? '';
}

/** Gives the change to wait for; none, where it is so already. */
const makePrimary = (records: Records, primary: string, context: StepContext): Promise<{ change: string | null }> =>
  changeRecords(
    records,
    (all) => {
      const sets = pairsIn(all, records);
      if (sets.every((set) => set.Failover === roleOf(set, primary))) return [];
      const change = (Action: 'DELETE' | 'CREATE', set: ResourceRecordSet): Change => ({
        Action,
        ResourceRecordSet: set,
      });
      return [
        ...sets.map((set) => change('DELETE', set)),
        ...sets.map((set) => change('CREATE', { ...set, Failover: roleOf(set, primary) })),
      ];
    },
    context,
  );

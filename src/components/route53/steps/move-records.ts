import * as z from 'zod';
import { componentOf } from '../../../drill/components.ts';
import type { Json } from '../../../journal/events.ts';
import { globalRegionOf } from '../../../partition.ts';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { componentName } from '../../described.ts';
import { answersAs, destinationParams, untilAnswersAs } from '../../public-name/answer.ts';
import { things } from '../needs.ts';
import { shiftedTo } from '../schema.ts';
import {
  changeRecords,
  inSync,
  recordCalls,
  recordPermissions,
  type SetsByName,
  setsByName,
} from './change-records.ts';
import { recordsRisk } from './lever-risk.ts';
import { commandOf, foundByHand, inWords, undoByHand, undoCommandOf } from './move-commands.ts';
import { unlessMoved } from './moved-by-itself.ts';
import { afterMove, asFound, type Move, moveParams, moveTo, standsAs } from './moves.ts';
import { factsOf } from './record-sets.ts';

const params = z.object({
  region: z.string(),
  zone: z.string(),
  /** Names of the zone: the records of all of them change in one batch. */
  names: z.array(z.object({ name: z.string(), move: moveParams, to: destinationParams })).min(1),
});
type Params = z.output<typeof params>;

/**
 * Shifts all traffic by editing records: weights, roles, where a simple record leads, or whether a region has records at all. Needs Route 53's
 * control plane, which lives in one region. All types of all names of a zone change in one batch: no name or type is left behind.
 */
export const moveRecords = defineStep<Params>({
  kind: 'route53.move-records',
  params,
  given: given(
    shiftGiven.extend({
      together: z
        .array(componentName)
        .default([])
        .describe('Other names of the same zone to move in the same change batch.'),
    }),
    ({ to, together }, around) => {
      const { topology } = around;
      const first = component('route53', around);
      const all = [first, ...together.map((id) => componentOf(topology, 'route53', id))];
      return {
        region: globalRegionOf('route53', topology.regions.recovery),
        zone: first.zone,
        names: all.map((traffic) => ({
          name: traffic.name,
          move: moveTo(traffic, to, topology.regions),
          to: shiftedTo(traffic, to),
        })),
      };
    },
  ),
  needs: ({ names }) => names.map(({ name }) => ({ need: 'public-name', name })),
  alters: ({ names }) => names.map(({ name }) => things.publicName(name)),
  plane: 'control',
  risk: recordsRisk,
  title: ({ names }) => names.map(inWords).join('; '),
  region: ({ region }) => region,
  calls: recordCalls,
  permissions: recordPermissions,
  command: (target) => target.names.map((one) => commandOf(target, one)).join(' && '),
  doneWhen: () => 'The change is INSYNC, and customers are served.',
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const { region, names } = target;
    const command = names.map((one) => commandOf(target, one)).join(' && ');
    const found = await unlessMoved({ region, names, command }, (hasty) => setsByName(zoneOf(target), hasty), context);
    if (!found) return { done: true, state: {} };
    const asked = target.names.every(({ name, move }) => standsAs(name, found[name] ?? [], move));
    return { done: asked && (await allAnswer(target, context)), underway: asked, state: found as never };
  },

  repeatable: true,
  apply(target, context, { state }) {
    const wanted = editing(target, (move, name, sets) => afterMove(name, sets, move));
    return changeRecords(zoneOf(target), wanted, context, state as unknown as SetsByName);
  },

  async settle(target, context, _before, receipt) {
    const { change } = (receipt as { change: string | null } | undefined) ?? {};
    await inSync(target, change, context, () => allAnswer(target, context));
    for (const one of target.names) await untilAnswersAs(one, context);
    return null;
  },

  async standing(target, context) {
    const sets = await setsByName(zoneOf(target), context);
    const { names } = target;
    return {
      asAsked: names.every(({ name, move }) => standsAs(name, sets[name] ?? [], move)),
      facts: names.flatMap(({ name }) =>
        factsOf(sets[name] ?? []).map((fact) => (names.length > 1 ? `${name} ${fact}` : fact)),
      ),
    };
  },

  async undo(target, context, { state }) {
    const found = state as unknown as SetsByName;
    const wanted = editing(target, (move, name, sets) => asFound(sets, found[name] ?? [], move));
    const { change } = await changeRecords(zoneOf(target), wanted, context);
    await inSync(target, change, context);
  },
  byHand: {
    finds: (target, read) =>
      Object.fromEntries(target.names.map((one) => [one.name, foundByHand(target, one, read)])) as unknown as Json,
    undo: (target, found) =>
      target.names.map((one) => undoByHand(target, one, (found as unknown as SetsByName)[one.name] ?? [])).join(' && '),
  },
  undoCommand: (target, { state }) =>
    target.names
      .map((one) => undoCommandOf(target, one, (state as unknown as SetsByName)[one.name] ?? []))
      .join(' && '),
});

const zoneOf = ({ region, zone, names }: Params) => ({ region, zone, names: names.map(({ name }) => name) });

type Sets = SetsByName[string];

const editing =
  ({ names }: Params, edited: (move: Move, name: string, sets: Sets) => Sets) =>
  (name: string, sets: Sets): Sets => {
    const move = names.find((one) => one.name === name)?.move;
    return move ? edited(move, name, sets) : sets;
  };

async function allAnswer({ names }: Params, context: StepContext): Promise<boolean> {
  const answers = await Promise.all(names.map((one) => answersAs(one, context)));
  return answers.every((one) => one);
}

import * as z from 'zod';
import type { ComponentOf } from '../../../drill/components.ts';
import { type Around, component, databaseGiven, databaseOf, given, needed } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import { findInstance, instanceOf } from '../../rds/instance.ts';
import { loginByIam } from './like-original.ts';
import { rebuildReplica } from './rebuild-replica.ts';

const { params } = rebuildReplica;
type Params = z.output<typeof params>;

/**
 * Orders the replica that is to follow a new writer, where the topology says: in the writer's own region, or in a third one, as a region
 * that is lost can host none. It is seen in the making, and comes in its own time.
 */
export const orderReplica = defineStep<Params, { address: string; status: string }>({
  ...rebuildReplica,
  kind: 'rds.order-replica',
  given: given(
    z.strictObject({
      on: databaseGiven.on.default('replica').describe("Which of the topology's instances takes the writes now."),
    }),
    ({ on }, around) => nextReplicaOf(component('rds-replica', around), databaseOf({ on }, around), around),
  ),
  title: ({ instance, region, source }) => `Request ${instance} in ${region} as a replica of ${source.instance}`,

  async apply(target, context, before) {
    // While a standby is made the writer lends itself to nothing else; its status may still be the previous one.
    await until(
      context,
      async () => {
        const { region, instance } = target.source;
        const { DBInstanceStatus, PendingModifiedValues } = await instanceOf(context, region, instance);
        return DBInstanceStatus === 'available' && PendingModifiedValues?.MultiAZ === undefined ? true : undefined;
      },
      { firstMs: 5_000, maxMs: 15_000 },
    );
    return rebuildReplica.apply?.(target, context, before);
  },

  async settle(target, context, before, receipt) {
    const made = await rebuildReplica.settle?.(target, context, before, receipt);
    const found = await findInstance(context, target.region, target.instance);
    const status = found?.DBInstanceStatus ?? 'not there';
    const detail = `${target.instance} in ${target.region} is ${status}`;
    const ok = found !== undefined;
    context.record({ type: 'check', check: 'replica-ordered', layer: 'verification', critical: true, ok, detail });
    return made ?? { address: '', status };
  },
});

/** A replica of a writer, made as the topology describes the next one. */
export function nextReplicaOf(
  store: ComponentOf<'rds-replica'>,
  source: { region: string; instance: string },
  { topology: { account }, drill }: Pick<Around, 'topology' | 'drill'>,
): Params {
  const next = needed(store.nextReplica, `${store.id}.nextReplica`);
  const { class: instanceClass, subnetGroup, parameterGroup, securityGroups, multiAz } = next;
  return {
    region: next.region,
    instance: next.identifier,
    source: { region: source.region, instance: source.instance },
    account,
    instanceClass,
    subnetGroup,
    parameterGroup,
    securityGroups,
    multiAz,
    like: {
      original: { region: source.region, instance: source.instance },
      neighbour: null,
      purpose: 'replica',
      iamLogin: loginByIam(store),
    },
    keyOf: null,
    kmsKey: next.kmsKey ?? null,
    waits: false,
    drill,
  };
}

import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { type Around, clusterOf, component, earlierStep, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { componentName } from '../../described.ts';
import { pointing } from '../../kubernetes/pointing.ts';
import { environmentsFor, readersOf } from '../readers.ts';

/** What a step says of the writer that it found or made. */
interface Writer {
  address: string;
  /** What people call it, where that is not its address. */
  name?: string;
  serves?: boolean;
}

/** Gives the applications the addresses of all their new writers. */
export const pointApplications = defineStep({
  ...pointing,
  kind: 'kubernetes.point-applications',
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      writers: z
        .record(componentName, earlierStep)
        .meta({ earlierSteps: true })
        .describe(
          'For each data store, by name, the step whose result has the address of its writer, such as its promotion.',
        ),
    }),
    ({ in: where, writers }, around) => {
      const found = writersOf(writers, around);
      return {
        cluster: clusterOf(where, around),
        deployments: environmentsFor(component('eks', around), found, around.topology),
        writers: found.map(({ name, address }) => name ?? address),
        serves: found.every(({ serves }) => serves),
      };
    },
  ),
});

/** The writers of data stores, as earlier steps gave them. What customers can do without was given up where its step gave nothing. */
const writersOf = (writers: Record<string, string>, around: Around): (Writer & { store: string })[] =>
  Object.entries(writers).flatMap(([store, step]) => {
    mustBeRead(store, around);
    const described = around.topology.data[store];
    if (described && 'essential' in described && !described.essential && !around.hasResult(step)) return [];
    return [{ store, ...around.result<Writer>(step, { address: `<address that ${step} gives>` }) }];
  });

function mustBeRead(store: string, around: Around): void {
  const compute = component('eks', around);
  if (readersOf(compute, store, around.topology).length > 0) return;
  throw new DrillError('topology-lacks', `${compute.id} does not use the data store ${store}.`, {
    hint: `Add it to compute.${compute.id}.uses in the topology: ${store}: { variable: <environment variable> }`,
  });
}

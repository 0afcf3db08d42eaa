import * as z from 'zod';
import { clusterOf, component, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { writersGiven, writersOf } from '../../compute/writers.ts';
import { pointing } from '../../kubernetes/pointing.ts';
import { environmentsFor, readersOf } from '../readers.ts';

/** Gives the applications the addresses of all their new writers. */
export const pointApplications = defineStep({
  ...pointing,
  kind: 'kubernetes.point-applications',
  given: given(
    z.strictObject({ in: side.default('recovery'), writers: writersGiven }),
    ({ in: where, writers }, around) => {
      const compute = component('eks', around);
      const isRead = (store: string) => readersOf(compute, store, around.topology).length > 0;
      const add = (store: string) => `${store}: { variable: <environment variable> }`;
      const found = writersOf(writers, { id: compute.id, isRead, add }, around);
      return {
        cluster: clusterOf(where, around),
        deployments: environmentsFor(compute, found, around.topology),
        writers: found.map(({ name, address }) => name ?? address),
        serves: found.every(({ serves }) => serves),
      };
    },
  ),
});

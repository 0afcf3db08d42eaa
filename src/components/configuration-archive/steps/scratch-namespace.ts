import * as z from 'zod';
import { type Around, clusterOf, side } from '../../../steps/given.ts';
import { markInLabels, mustBeOfRun } from '../../../steps/mark.ts';
import type { StepContext } from '../../../steps/step.ts';
import { cluster } from '../../kubernetes/needs.ts';

export const scratchGiven = {
  in: side.default('recovery').describe('The cluster to create it in.'),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected small letters, digits and hyphens')
    .describe('The name of the scratch namespace. No namespace may have it yet.'),
};

export const scratch = z.object({ cluster, drill: z.string() });
export type Scratch = z.output<typeof scratch>;

export const scratchOf = (
  { in: where, namespace }: { in: 'primary' | 'recovery'; namespace: string },
  around: Around,
): Scratch => ({ cluster: { ...clusterOf(where, around), namespace }, drill: around.drill });

/** Fails for a namespace of someone else or of an earlier run: it is not restored into. */
export function mustBeOurs(
  { cluster: at, drill }: Scratch,
  labels: Record<string, string>,
  context: Pick<StepContext, 'run'>,
): void {
  const what = `the namespace ${at.namespace} in ${at.cluster}`;
  const otherwise = "Give another name under 'namespace'";
  mustBeOfRun(markInLabels(labels), { what, drill, otherwise }, context);
}

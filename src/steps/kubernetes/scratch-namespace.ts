import * as z from 'zod';
import { DrillError } from '../../errors.ts';
import { type Around, clusterOf, side } from '../given.ts';
import { cluster } from './cluster.ts';

/** The label by which a drill knows a namespace that it made itself; it deletes no other. */
const DRILL_LABEL = 'dr-drill';

type Labels = Record<string, string>;

export const scratchGiven = {
  in: side.default('recovery').describe('The cluster that it is made in.'),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected small letters, digits and hyphens')
    .describe('The scratch namespace; it must not exist yet.'),
};

export const scratch = z.object({ cluster, drill: z.string() });
export type Scratch = z.output<typeof scratch>;

export const scratchOf = (
  { in: where, namespace }: { in: 'primary' | 'recovery'; namespace: string },
  around: Around,
): Scratch => ({ cluster: { ...clusterOf(where, around), namespace }, drill: around.drill });

export const labelsOf = ({ drill }: Scratch): Labels => ({ [DRILL_LABEL]: drill });

export const isOurs = ({ drill }: Scratch, labels: Labels): boolean => labels[DRILL_LABEL] === drill;

/** Fails for a namespace of somebody else, which is left alone. */
export function mustBeOurs(target: Scratch, labels: Labels): void {
  if (isOurs(target, labels)) return;
  const { namespace, cluster: name } = target.cluster;
  throw new DrillError(
    'name-taken',
    `There is a namespace ${namespace} in ${name} already, and this drill did not make it.`,
    { hint: "Give another name under 'namespace', or delete that one by hand." },
  );
}

import { placeOfDeployment } from '../../drill/deployments.ts';
import type { Autoscaler, Cluster } from '../../ports/kubernetes.ts';
import type { StepContext } from '../../steps/step.ts';
import { byNamespace } from './cluster.ts';

export const LIST_AUTOSCALERS = 'list horizontalpodautoscalers.autoscaling';
export const PATCH_AUTOSCALERS = 'patch horizontalpodautoscalers.autoscaling';

/** The autoscaler of each deployment, in their order; nothing for one that has none. */
export async function autoscalersOf(
  where: Cluster,
  deployments: readonly string[],
  { kubernetes, signal }: Pick<StepContext, 'kubernetes' | 'signal'>,
): Promise<(Autoscaler | undefined)[]> {
  const all = await Promise.all(
    byNamespace(where, deployments).map(async ({ place }) => ({
      namespace: place.namespace,
      autoscalers: await kubernetes.autoscalers(place, signal),
    })),
  );
  return deployments.map((called) => {
    const { place, name } = placeOfDeployment(where, called);
    const here = all.find(({ namespace }) => namespace === place.namespace)?.autoscalers;
    return here?.find(({ deployment }) => deployment === name);
  });
}

/** How many replicas a deployment gets, and the least that its autoscaler keeps. */
export interface Size {
  replicas: number;
  bounds: Pick<Autoscaler, 'min' | 'minBefore'> | null;
}

/**
 * What is asked of a deployment as its autoscaler lets it be. To serve, its minimum is raised: otherwise it would take idle pods away within
 * seconds, before any customer comes. To stand by, its minimum is what it was before. Kubernetes lets an autoscaler rest while there are no replicas.
 */
export function sizeOf(asked: number, exactly: boolean, autoscaler: Autoscaler | undefined): Size {
  if (!autoscaler) return { replicas: asked, bounds: null };
  const { min, max, minBefore } = autoscaler;
  const usual = minBefore ?? min;
  if (asked === 0) return { replicas: 0, bounds: exactly ? { min: usual, minBefore: null } : { min, minBefore } };
  if (exactly) return { replicas: Math.min(Math.max(asked, usual), max), bounds: { min: usual, minBefore: null } };
  const least = Math.min(Math.max(asked, min), max);
  return { replicas: least, bounds: { min: least, minBefore: least > usual ? usual : null } };
}

export const hasBounds = ({ bounds }: Size, autoscaler: Autoscaler | undefined): boolean =>
  bounds === null || (bounds.min === autoscaler?.min && bounds.minBefore === autoscaler.minBefore);

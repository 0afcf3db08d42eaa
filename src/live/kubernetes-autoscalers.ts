import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { Autoscaler } from '../ports/kubernetes.ts';

/** On an autoscaler whose minimum a drill raised: what it was before. */
const BEFORE = 'dr-drill/min-replicas';

/** An autoscaler as the port has it; nothing for one that scales no deployment. */
export function autoscalerOf({ metadata, spec }: V2HorizontalPodAutoscaler): Autoscaler[] {
  if (spec?.scaleTargetRef.kind !== 'Deployment') return [];
  const before = metadata?.annotations?.[BEFORE];
  return [
    {
      name: metadata?.name ?? '',
      deployment: spec.scaleTargetRef.name,
      // Kubernetes' own default.
      min: spec.minReplicas ?? 1,
      max: spec.maxReplicas,
      minBefore: before === undefined ? null : Number(before),
    },
  ];
}

/** The patch that sets its minimum. */
export const minimumPatch = ({ min, minBefore }: Pick<Autoscaler, 'min' | 'minBefore'>) => ({
  metadata: { annotations: { [BEFORE]: minBefore === null ? null : String(minBefore) } },
  spec: { minReplicas: min },
});

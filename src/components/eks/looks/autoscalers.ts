import type { Autoscaler } from '../../../ports/kubernetes.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { answered, type LookFor } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { autoscalersOf, PATCH_AUTOSCALERS, sizeOf } from '../../kubernetes/autoscalers.ts';
import { clusterPermissions, kubectl } from '../../kubernetes/cluster.ts';

type AutoscalersNeed = NeedOf<'autoscalers'>;

/** A deployment that has an autoscaler, and how many replicas the drill wants. */
interface Scaled {
  name: string;
  replicas: number;
  autoscaler: Autoscaler;
}

/** HorizontalPodAutoscalers of deployments that the drill scales: these keep them between bounds of their own. */
export const autoscalersLook: LookFor<'autoscalers'> = {
  calls: () => [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  subject: ({ cluster }) => `autoscalers in ${cluster.cluster}`,
  async look(need, context) {
    const { cluster, wanted } = need;
    const { kubernetes, signal, readsOnly } = context;
    const names = wanted.map(({ name }) => name);
    const found = await answered(() => autoscalersOf(cluster, names, context), context);
    const scaled = wanted.flatMap((one, index): Scaled[] => {
      const autoscaler = found[index];
      return autoscaler ? [{ ...one, autoscaler }] : [];
    });
    const changes = scaled.some(
      ({ replicas, autoscaler }) => minimumFor(need, replicas, autoscaler) !== autoscaler.min,
    );
    const { allowed, reason } =
      changes && !readsOnly
        ? await answered(() => kubernetes.may(cluster, PATCH_AUTOSCALERS, signal), context)
        : { allowed: true, reason: '' };
    return {
      rows: scaled.map(({ name, replicas, autoscaler: { min, max } }) => ({
        what: `${cluster.namespace}/${name} in ${cluster.cluster} autoscaler`,
        topology: String(replicas),
        account: `${min} to ${max}`,
      })),
      findings: [...scaled.flatMap((one) => findingsOf(need, one)), ...(allowed ? [] : [mayNotPatch(need, reason)])],
    };
  },
};

const minimumFor = ({ exactly }: AutoscalersNeed, replicas: number, autoscaler: Autoscaler): number =>
  sizeOf(replicas, exactly, autoscaler).bounds?.min ?? autoscaler.min;

function findingsOf(need: AutoscalersNeed, { name, replicas, autoscaler }: Scaled): Finding[] {
  const { cluster, exactly } = need;
  const { min, max, name: own } = autoscaler;
  const patch = (bounds: string) => kubectl(cluster, [`patch hpa ${own} --patch '{"spec":{${bounds}}}'`]);
  const size = sizeOf(replicas, exactly, autoscaler);
  if (max < replicas)
    return [
      blocker(
        name,
        `the autoscaler ${own} in ${cluster.cluster} allows ${max} pods of ${name}, and the drill wants ${replicas}`,
        'It would take the others away, and the region would not have its full size.',
        `Raise it: ${patch(`"maxReplicas":${replicas}`)}`,
      ),
    ];
  if (exactly && size.replicas > replicas)
    return [
      warning(
        name,
        `${name} keeps ${size.replicas} pods in ${cluster.cluster}, not ${replicas}: its autoscaler ${own} has no fewer`,
        'The drill scales no deployment below the minimum of its autoscaler.',
        `Lower it, or give the topology that number: ${patch(`"minReplicas":${replicas}`)}`,
      ),
    ];
  const minimum = minimumFor(need, replicas, autoscaler);
  if (minimum === min) return [];
  const changed = `the minimum of the autoscaler ${own} in ${cluster.cluster} from ${min} to ${minimum}`;
  const [what, why] = exactly
    ? [`the drill sets ${changed}`, 'A drill raised it when the region had to serve.']
    : [
        `the drill raises ${changed}`,
        'Otherwise it removes pods without load before customers come. An undo restores the earlier value, and so does the drill that returns the region to standby.',
      ];
  return [note(name, what, why, 'Have no other tool set it meanwhile.')];
}

const mayNotPatch = ({ cluster: { cluster, namespace } }: AutoscalersNeed, reason: string): Finding =>
  blocker(
    cluster,
    `Kubernetes does not let the drill ${PATCH_AUTOSCALERS} in ${namespace} of ${cluster}${reason ? `: ${reason}` : ''}`,
    'An autoscaler would take away the pods that the drill scales up.',
    `Grant it: kubectl -n ${namespace} auth can-i ${PATCH_AUTOSCALERS}`,
  );

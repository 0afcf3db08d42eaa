import { blocker } from '../../../steps/account/findings.ts';
import { answered, type LookFor } from '../../../steps/account/look.ts';
import { clusterPermissions } from '../../kubernetes/cluster.ts';

/** What the drill asks of a cluster: Kubernetes itself says whether it may. */
export const accessLook: LookFor<'kubernetes-access'> = {
  calls: () => [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  subject: ({ cluster }) => `permissions in ${cluster.cluster}`,
  async look({ cluster, access }, context) {
    const { kubernetes, signal, readsOnly } = context;
    const asked = access.filter((one) => !readsOnly || READS.test(one));
    const denied = await Promise.all(
      asked.map(async (one) => {
        const { allowed, reason } = await answered(() => kubernetes.may(cluster, one, signal), context);
        return allowed ? [] : [{ one, reason }];
      }),
    ).then((all) => all.flat());
    const { cluster: name, namespace, region } = cluster;
    const row = {
      what: `permissions ${namespace === '' ? 'on nodes' : `in ${namespace}`} of ${name}`,
      topology: `${asked.length} verbs`,
      account: denied.length === 0 ? 'all allowed' : `${denied.length} not allowed`,
    };
    return {
      rows: [row],
      findings: denied.map(({ one, reason }) =>
        blocker(
          name,
          `Kubernetes does not let the drill ${one} in ${namespace} of ${name}${reason ? `: ${reason}` : ''}`,
          'A step would fail in the middle of the drill.',
          `Grant it to the role behind these credentials, by an access entry of EKS or a Role: aws eks list-access-entries --region ${region} --cluster-name ${name}; kubectl -n ${namespace} auth can-i ${canI(one)}`,
        ),
      ),
    };
  },
};

const READS = /^(get|list|watch) /;

/** `kubectl auth can-i` takes what stands behind a slash apart. */
const canI = (access: string): string => access.replace(/\/(\w+)$/, ' --subresource=$1');

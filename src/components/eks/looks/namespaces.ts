import { blocker } from '../../../steps/account/findings.ts';
import { answered, type LookFor } from '../../../steps/account/look.ts';
import { madeBy, markInLabels } from '../../../steps/mark.ts';
import { clusterPermissions, kubectl } from '../../kubernetes/cluster.ts';

/** A namespace that must be there, or whose name must be free. */
export const namespaceLook: LookFor<'namespace'> = {
  calls: () => [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  subject: ({ cluster }) => `${cluster.namespace} in ${cluster.cluster}`,
  async look({ cluster, state, drill = '' }, context) {
    const { kubernetes, signal } = context;
    const { namespace, cluster: name } = cluster;
    const found = await answered(() => kubernetes.namespace(cluster, signal), context);
    const is = found ? 'there' : 'not there';
    const rows = [
      { what: `namespace ${namespace} in ${name}`, topology: state === 'there' ? 'there' : 'not there', account: is },
    ];
    if (state === 'there') {
      if (found) return { rows, findings: [] };
      const fix = "Correct 'namespace' of the eks component in the topology: kubectl get namespaces";
      const what = `there is no namespace ${namespace} in ${name}`;
      return { rows, findings: [blocker(namespace, what, 'The drill looks at what runs in it.', fix)] };
    }
    if (!found || found.deleting) return { rows, findings: [] };
    const what = `there is a namespace ${namespace} in ${name} already, and ${madeBy(markInLabels(found.labels), drill)}`;
    const fix = `Give another name in the drill file, or delete it by hand: ${kubectl(cluster, [])} && kubectl delete namespace ${namespace}`;
    return { rows, findings: [blocker(namespace, what, 'The drill makes a namespace of that name.', fix)] };
  },
};

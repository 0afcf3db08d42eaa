import type { Deployment } from '../../../ports/kubernetes.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { answered, type LookFor, UNSAID } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { clusterPermissions } from '../../kubernetes/cluster.ts';

/** Deployments of a namespace, through its cluster's API. */
export const deploymentsLook: LookFor<'deployments'> = {
  // The cluster's address, in a live run, is looked up behind the port.
  calls: () => [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  subject: ({ cluster }) => `deployments in ${cluster.cluster}`,
  async look({ cluster, deployments, warm }, context) {
    const { kubernetes, signal } = context;
    const looks = deployments.map(async (name) => {
      const asked = answered(() => kubernetes.deployment(cluster, name, signal), context);
      const found = await asked.catch((error: unknown) => {
        if (error instanceof Error && error.name === 'NotFound') return undefined;
        throw error;
      });
      return {
        row: {
          what: `${cluster.namespace}/${name} in ${cluster.cluster} ready pods`,
          topology: warm.includes(name) ? 'at least 1' : UNSAID,
          account: found ? String(found.ready) : 'not there',
        },
        findings: findingsOf(name, cluster, found, warm.includes(name)),
      };
    });
    const seen = await Promise.all(looks);
    return { rows: seen.map(({ row }) => row), findings: seen.flatMap(({ findings }) => findings) };
  },
};

function findingsOf(
  name: string,
  { cluster, namespace }: NeedOf<'deployments'>['cluster'],
  found: Deployment | undefined,
  isToBeWarm: boolean,
): Finding[] {
  if (!found) {
    const fix = `Deploy it there, with one replica or more: kubectl -n ${namespace} get deployments`;
    const why = `${cluster} could not serve: there is nothing to scale.`;
    return [blocker(name, `${name} is not deployed in ${cluster}`, why, fix)];
  }
  if (found.ready > 0 || !isToBeWarm) return [];
  const fix = `Keep at least one replica warm: kubectl -n ${namespace} scale deployment/${name} --replicas=1`;
  return [warning(name, `${name} has no ready pod in standby`, 'A cold start takes longer than a warm one.', fix)];
}

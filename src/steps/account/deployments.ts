import type { Deployment } from '../../ports/kubernetes.ts';
import type { StepContext } from '../step.ts';
import { blocker, type Finding, warning } from './findings.ts';
import type { Look } from './look.ts';

interface Deployments {
  cluster: { region: string; cluster: string; namespace: string };
  deployments: readonly string[];
}

/** Looks whether what is to take over is deployed, and warm. */
export async function deploymentsLook(
  { cluster, deployments }: Deployments,
  { kubernetes, signal }: Pick<StepContext, 'kubernetes' | 'signal'>,
): Promise<Look> {
  const looks = deployments.map(async (name) => {
    const found = await kubernetes.deployment(cluster, name, signal).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotFound') return undefined;
      throw error;
    });
    return {
      row: { what: `${name} ready pods`, topology: 'at least 1', account: found ? String(found.ready) : 'not there' },
      findings: findingsOf(name, cluster, found),
    };
  });
  const seen = await Promise.all(looks);
  return { rows: seen.map(({ row }) => row), findings: seen.flatMap(({ findings }) => findings) };
}

function findingsOf(
  name: string,
  { cluster, namespace }: Deployments['cluster'],
  found: Deployment | undefined,
): Finding[] {
  if (!found) {
    const mend = `Deploy it there, with one replica or more: kubectl -n ${namespace} get deployments`;
    const why = 'The recovery region could not serve: there is nothing to scale.';
    return [blocker(name, `${name} is not deployed in ${cluster}`, why, mend)];
  }
  if (found.ready > 0) return [];
  const mend = `Keep at least one replica warm: kubectl -n ${namespace} scale deployment/${name} --replicas=1`;
  return [warning(name, `${name} has no ready pod in standby`, 'A cold start takes longer than a warm one.', mend)];
}

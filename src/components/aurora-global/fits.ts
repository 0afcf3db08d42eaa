import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';
import type { AuroraGlobal } from './schema.ts';

/** A primary cluster has an instance; a quarantine is left again; further clusters are in regions of their own. */
export function clustersFit(
  { primary, recovery, others }: AuroraGlobal,
  { regions }: Topology,
  path: Path,
): Complaint[] {
  const found: Complaint[] = [];
  const say = (keys: Path, message: string, expected: string) =>
    found.push(complaint([...path, ...keys], message, { expected }));
  if (primary.instances.length === 0)
    say(['primary', 'instances'], `${primary.cluster} has no instance`, 'one at least');
  if (recovery.instances.length > 0 && recovery.newInstance)
    say(
      ['recovery', 'newInstance'],
      `${recovery.cluster} has an instance already`,
      'newInstance only where instances is empty',
    );
  for (const [side, one] of Object.entries({ primary, recovery })) {
    if (one.quarantineSecurityGroup === undefined || one.securityGroups !== undefined) continue;
    const message = `${side} names a quarantine, and not the security groups that the cluster gets back`;
    say([side], message, "the key 'securityGroups'");
  }
  const taken = [regions.primary, regions.recovery];
  for (const [index, { region }] of others.entries()) {
    if (taken.includes(region))
      say(['others', index, 'region'], `there is a cluster in ${region} already`, 'another region');
    taken.push(region);
  }
  return found;
}

import { endpointRegions } from '../components/route53/schema.ts';
import type { Component } from '../components/schemas.ts';
import { globalRegionOf } from '../partition.ts';
import { allComponents } from './components.ts';
import type { Topology } from './topology.ts';

/** The regions that a drill may call. */
export const regionsOf = (topology: Topology): string[] => {
  const { regions, witness } = topology;
  const all = [
    regions.primary,
    regions.recovery,
    globalRegionOf('route53', regions.recovery),
    globalRegionOf('iam', regions.recovery),
    ...(witness ? [witness.region] : []),
    ...allComponents(topology).flatMap(furtherRegions),
  ];
  return [...new Set(all)];
};

/** Where a component has something beside the two regions. */
function furtherRegions(component: Component): string[] {
  switch (component.kind) {
    case 'rds-replica':
      return [...(component.nextReplica ? [component.nextReplica.region] : []), ...secretRegion(component.login)];
    case 'aurora-global':
    case 'elasticache-global':
    case 'kafka':
      return secretRegion(component.login);
    case 'route53':
      return endpointRegions(component);
    default:
      return [];
  }
}

type Login = { password: { from: string; region?: string | undefined } };

/** Where a password is read that does not lie in the recovery region. */
const secretRegion = (login: object | undefined): string[] => {
  const password = (login as Partial<Login> | undefined)?.password;
  return password?.from === 'secrets-manager' && password.region !== undefined ? [password.region] : [];
};

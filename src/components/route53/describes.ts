import type { ComponentOf } from '../../drill/components.ts';
import { globalRegionOf } from '../../partition.ts';
import type { Need } from '../../steps/needs.ts';
import type { Described } from '../verbs.ts';
import { endpointGroupsOf, recordPolicyOf } from './schema.ts';

/** The records of the public name, what they lead to, and the lever that moves customers. */
const trafficIn = (traffic: ComponentOf<'route53'>, { regions, customersIn }: Described) => {
  const { zone, name, ttl: ttlMs, lever, primary, recovery, types } = traffic;
  const groups = lever === 'global-accelerator-dials' ? endpointGroupsOf(traffic) : undefined;
  const accelerator = groups
    ? {
        arn: groups.primary.split('/listener/')[0] ?? '',
        primary: { arn: groups.primary, region: regions.primary },
        recovery: { arn: groups.recovery, region: regions.recovery },
      }
    : null;
  const sideOf = (side: typeof primary) => (accelerator ? { address: side.address } : side);
  return {
    region: globalRegionOf('route53', regions.recovery),
    zone,
    name,
    private: traffic.private,
    ttlMs,
    lever,
    records: recordPolicyOf(traffic),
    ...(types && { types }),
    customersIn,
    primary: { ...sideOf(primary), region: regions.primary },
    recovery: { ...sideOf(recovery), region: regions.recovery },
    accelerator,
  };
};

/** A need of its name, with its records and its lever. */
export const describedNeed = (traffic: ComponentOf<'route53'>, need: Need, around: Described): Need | undefined =>
  need.need === 'public-name' && need.name === traffic.name
    ? { ...need, described: trafficIn(traffic, around) }
    : undefined;

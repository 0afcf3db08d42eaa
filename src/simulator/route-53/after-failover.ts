import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { routingControlsOf } from '../../components/route53/schema.ts';
import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import { plainDomain } from '../../drill/names.ts';
import type { Topology } from '../../drill/topology.ts';
import { acceleratorOf } from '../global-accelerator.ts';
import type { Past } from '../past.ts';
import { plan } from '../timeline.ts';
import type { World } from '../world.ts';
import { recordsOf } from './zone.ts';

/** Every name leads to the recovery region. */
export function namesShifted(world: World, { promotedMs }: Past): void {
  for (const name of componentsOf(world.topology, 'route53')) shifted(world, name, promotedMs);
}

/** The lever of a name stands as the failover left it. */
function shifted(world: World, traffic: ComponentOf<'route53'>, sinceMs: number): void {
  const { healthChecks, routingControls, topology } = world;
  const { lever } = traffic;
  if (lever === 'global-accelerator-dials') {
    for (const group of acceleratorOf(world.accelerators, traffic)?.groups ?? []) {
      group.dial = group.region === topology.regions.recovery ? 100 : 0;
      plan(group.inForce, sinceMs, [[sinceMs, group.dial]]);
    }
    return;
  }
  if (lever === 'health-check-inversion') {
    for (const check of healthChecks.filter(({ id }) => id === traffic.primary.healthCheck)) {
      if (check.inverted) continue;
      check.inverted = true;
      check.version += 1;
      check.disabled = check.endpoint !== null;
      plan(check.inForce, sinceMs, [[sinceMs, { inverted: true, disabled: check.disabled }]]);
    }
    return;
  }
  if (lever === 'arc-routing-controls') {
    const { primary, recovery } = routingControlsOf(traffic);
    for (const control of routingControls.filter(({ arn }) => [primary, recovery].includes(arn))) {
      control.on = control.arn === recovery;
      const check = healthChecks.find(({ id }) => id === control.healthCheck);
      if (check) plan(check.finds, sinceMs, [[sinceMs, control.on]]);
    }
    return;
  }
  const zone = world.zones.find(({ id }) => id === traffic.zone);
  if (!zone) return;
  // What the lever does with the records as they are described is what a failover has left.
  const isOfName = (record: ResourceRecordSet) => plainDomain(record.Name) === traffic.name;
  zone.records = [
    ...zone.records.filter((record) => !isOfName(record)),
    ...movedAway(traffic, zone.records.filter(isOfName), topology),
  ];
  plan(zone.published, sinceMs, [[sinceMs, structuredClone(zone.records)]]);
}

function movedAway(
  traffic: ComponentOf<'route53'>,
  records: ResourceRecordSet[],
  topology: Topology,
): ResourceRecordSet[] {
  const serves = ({ SetIdentifier }: ResourceRecordSet) => SetIdentifier === traffic.recovery.setIdentifier;
  switch (traffic.lever) {
    case 'failover-records':
      return records.map((one) => ({ ...one, Failover: serves(one) ? 'PRIMARY' : 'SECONDARY' }));
    case 'latency-records':
      return records.filter(serves);
    case 'simple-record':
      return recordsOf(traffic, 'recovery', topology);
    default:
      return records.map((one) => ({ ...one, Weight: serves(one) ? 100 : 0 }));
  }
}

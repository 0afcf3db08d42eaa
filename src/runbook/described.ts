import { objectOf } from '../components/index.ts';
import { allComponents } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import type { Need } from '../steps/needs.ts';

/** A need with what the topology says of its thing. */
export function describedNeed(need: Need, begins: 'at-home' | 'after-failover', topology: Topology): Need {
  const around = { regions: topology.regions, customersIn: begins === 'at-home' ? 'primary' : 'recovery' } as const;
  for (const one of allComponents(topology)) {
    const described = objectOf(one).describes?.(one as never, need, around);
    if (described) return described;
  }
  return need;
}

import type * as z from 'zod';
import type { ComponentOf } from '../../drill/components.ts';
import { type Asked, component, type side } from '../../steps/given.ts';
import type { Ecs } from './schema.ts';

type Side = z.output<typeof side>;

/** A compute, its cluster on a side, and what its services are called there. */
export function servicesOn(where: Side, around: Asked) {
  const compute = component('ecs', around);
  return {
    compute,
    place: { region: around.topology.regions[where], cluster: compute[where].cluster },
    services: compute.services.map((service) => ({ service, name: nameOn(service, where) })),
  };
}

export const nameOn = ({ name, recoveryName }: Ecs['services'][number], where: Side): string =>
  where === 'recovery' ? (recoveryName ?? name) : name;

/** How large a service is to be on a side. */
export function sizeFor(
  service: Ecs['services'][number],
  to: 'serving' | 'standby',
): { tasks: number; minimum: number } {
  const { tasks, standby, minimum = standby } = service;
  return to === 'serving' ? { tasks, minimum: tasks } : { tasks: standby, minimum };
}

/** Whether a compute reads where a data store takes writes. */
export const isRead = ({ uses }: ComponentOf<'ecs'>, store: string): boolean => store in uses;

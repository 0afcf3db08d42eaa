import type { Bounds } from './asking.ts';

/** How many tasks a service gets, and the least that Application Auto Scaling keeps; `null` where it does not scale the service. */
export interface Size {
  tasks: number;
  minimum: number | null;
}

/**
 * What is asked of a service as Application Auto Scaling lets it be. To serve, its minimum is raised, or idle tasks would be taken away before any
 * customer comes. To stand by, its minimum is what the topology says.
 */
export function sizeOf(wanted: { tasks: number; minimum: number }, exactly: boolean, bounds: Bounds | undefined): Size {
  if (!bounds) return { tasks: wanted.tasks, minimum: null };
  const { min, max } = bounds;
  const minimum = Math.min(exactly ? wanted.minimum : Math.max(wanted.minimum, min), max);
  return { tasks: Math.min(Math.max(wanted.tasks, minimum), max), minimum };
}

export const hasBounds = ({ minimum }: Size, bounds: Bounds | undefined): boolean =>
  minimum === null || minimum === bounds?.min;

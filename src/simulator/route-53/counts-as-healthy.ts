import { at } from '../timeline.ts';
import type { HealthCheck } from '../traffic-state.ts';

/** What name servers go by: a disabled check counts as healthy before it is inverted. */
export function countsAsHealthy({ finds, inForce }: HealthCheck, ms: number): boolean {
  const { inverted, disabled } = at(inForce, ms);
  return (disabled || at(finds, ms)) !== inverted;
}

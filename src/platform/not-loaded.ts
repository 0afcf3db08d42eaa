import * as z from 'zod';
import { DrillError } from '../errors.ts';
import type { AnyStep } from '../steps/step.ts';
import { steps, takeInStep } from './steps.ts';

const standIns = new WeakSet<AnyStep>();

export const isStandIn = (step: AnyStep): boolean => standIns.has(step);

/** Stands for a step whose module is not run: it is known by what the drill file says of it, and can only be shown. */
export function standIn(kind: string): void {
  if (steps.has(kind)) return;
  const step: AnyStep = {
    kind,
    params: z.unknown(),
    given: { schema: z.record(z.string(), z.unknown()), params: (asked) => asked },
    needs: () => [],
    plane: 'control',
    title: () => `${kind}, whose module is not loaded`,
    calls: [],
    permissions: () => [],
    command: () => `# what ${kind} does`,
    usuallyMs: () => 0,
    async observe() {
      throw new DrillError('steps-not-loaded', `The module of ${kind} is not loaded.`);
    },
  };
  standIns.add(step);
  takeInStep(step);
}

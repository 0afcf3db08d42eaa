import { failureCommandsOf, needsCommands } from '../drill/breakage.ts';
import type { Drill } from '../drill/drill.ts';
import { DrillError } from '../errors.ts';

/** What a live drill must say in its own file; a dry run may do without. */
export function mustConsent(drill: Drill, noReturn: readonly { step: string; why: string }[]): void {
  const missing = noReturn.filter(({ step }) => !drill.consent.includes(step));
  if (missing.length > 0) {
    const names = missing.map(({ step }) => step).join(', ');
    throw new DrillError(
      'consent-missing',
      `${drill.drill} takes a step of no return without consent: ${missing.map(({ step, why }) => `${step} (${why})`).join('; ')}.`,
      { hint: `Write into the drill file, if that is what you want: consent: [${names}]` },
    );
  }
  if (needsCommands(drill) && !failureCommandsOf(drill)) {
    throw new DrillError(
      'failure-not-described',
      `${drill.drill} does not say how its failure is brought about in a real system.`,
      { hint: "Give the commands 'inject', 'heal' and 'active' under failure.commands." },
    );
  }
}

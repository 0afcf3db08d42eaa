import { failureCommandsOf, needsCommands } from '../drill/breakage.ts';
import type { Drill } from '../drill/drill.ts';
import { DrillError } from '../errors.ts';

/** A step that cannot be undone, and the line of the drill that it is part of: consent to the line is consent to all its steps. */
interface NoReturn {
  step: string;
  line: string;
  why: string;
}

/** What a live drill must say in its own file; a dry run may do without. */
export function mustConsent(drill: Drill, noReturn: readonly NoReturn[]): void {
  const missing = noReturn.filter(({ step, line }) => !drill.consent.some((given) => [step, line].includes(given)));
  if (missing.length > 0) {
    const lines = missing.map(({ line }) => line);
    const names = [...new Set([...drill.consent, ...lines])].join(', ');
    throw new DrillError(
      'consent-missing',
      `${drill.drill} takes a step of no return without consent: ${missing.map(({ step, why }) => `${step} (${why})`).join('; ')}.`,
      { hint: `Write into the drill file, if that is what you want: consent: [${names}]` },
    );
  }
  if (needsCommands(drill) && !failureCommandsOf(drill)) {
    throw new DrillError(
      'failure-not-described',
      `${drill.drill} does not say how its failure is caused in a real system.`,
      { hint: "Give the commands 'inject', 'heal' and 'active' under failure.commands." },
    );
  }
}

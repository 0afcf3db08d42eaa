import { toldBy } from '../../../aws/told.ts';
import { noteOnce, warning } from '../../../steps/account/findings.ts';
import { withPatience } from '../../../steps/patience.ts';
import type { StepContext } from '../../../steps/step.ts';
import { answersAs } from '../../public-name/answer.ts';
import type { Destination } from '../../public-name/destination.ts';

/** How long a silent control plane is waited for before DNS is asked. */
const PATIENCE_MS = 15_000;

interface Asked {
  /** That Route 53 is called in. */
  region: string;
  names: readonly { name: string; to: Destination }[];
  /** What holds the customers there, typed by a person. */
  command: string;
}

/**
 * Looks through Route 53's control plane. Health checking may have moved the customers of these names already, and goes on where that
 * control plane is lost: then nothing is left to ask for.
 * @returns what the look found; nothing, where nobody answered it and the names lead there all the same
 */
export async function unlessMoved<T>(
  asked: Asked,
  look: (context: StepContext) => Promise<T>,
  context: StepContext,
): Promise<T | undefined> {
  const hasty = withPatience(context, PATIENCE_MS);
  for (;;) {
    try {
      const found = await look(hasty);
      noteMoved(await leading(asked, context), context);
      return found;
    } catch (error) {
      context.signal.throwIfAborted();
      if (toldBy(error) === 'throttled') return look(context);
      if (!['unanswered', 'not-sent'].includes(toldBy(error))) throw error;
    }
    const moved = await leading(asked, context);
    if (moved.length === asked.names.length) {
      noteMoved(moved, context);
      noteOnce([nothingHolds(asked)], context);
      return undefined;
    }
  }
}

/** The names that lead there now. */
async function leading({ names }: Pick<Asked, 'names'>, context: StepContext): Promise<string[]> {
  const found: string[] = [];
  for (const one of names) if (await answersAs(one, context)) found.push(one.name);
  return found;
}

/** Tells of names that led there before this step did anything. */
function noteMoved(names: readonly string[], { record }: StepContext): void {
  for (const name of names)
    record({
      type: 'check',
      check: `moved-already/${name}`,
      layer: 'service',
      critical: false,
      ok: true,
      detail: `${name} answers as asked already, before this step has changed anything`,
    });
}

const nothingHolds = ({ region, names, command }: Asked) =>
  warning(
    names.map(({ name }) => name).join(', '),
    `nothing holds ${names.map(({ name }) => name).join(', ')} where health checking has moved it`,
    `Route 53's control plane in ${region} does not answer. When the lost region passes its health checks again, customers go back to it by themselves.`,
    `As soon as ${region} answers: ${command}`,
  );

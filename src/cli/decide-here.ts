import { userInfo } from 'node:os';
import { realClock } from '../clock/real-clock.ts';
import type { Choice } from '../drill/choices.ts';
import type { Entry, EventOf } from '../journal/events.ts';
import { leaveContinuation, type Prove } from '../live/people.ts';
import type { Continuation } from '../ports/people.ts';
import { askUntil, atKeyboard } from './keyboard.ts';

/** Asks at a held run's own terminal how it continues, and leaves the decision where `dr-drill continue` leaves it. */
export function decisionsHere(folder: string, prove?: Prove) {
  let abandon: AbortController | undefined;
  let over: Promise<void> = Promise.resolve();

  const take = async (wanted: EventOf<'person-wanted'>, abandoned: AbortSignal) => {
    try {
      await leaveContinuation(folder, await decided(wanted, folder, abandoned, prove !== undefined), prove);
    } catch {
      // It was decided elsewhere, or nobody is here: the other ways remain.
    }
  };

  return {
    hear(entry: Entry): void {
      if (entry.type === 'continued' || entry.type === 'run-ended') abandon?.abort();
      if (entry.type !== 'person-wanted') return;
      abandon = new AbortController();
      over = take(entry, abandon.signal);
    },
    async close(): Promise<void> {
      abandon?.abort();
      await over;
    },
  };
}

function decided(
  { choices, steps }: EventOf<'person-wanted'>,
  folder: string,
  abandoned: AbortSignal,
  isProven: boolean,
): Promise<Continuation> {
  const intro = `The run is held. Decide here, or elsewhere with: dr-drill continue ${folder}`;
  return atKeyboard({ intro, abandoned }, async (asked) => {
    const by = isProven
      ? userInfo().username
      : await askUntil(asked, 'Your name: ', (name) => (name === '' ? 'A name is needed.' : undefined));
    const choice = (await askUntil(asked, `Decision (${choices.join(', ')}): `, (one) =>
      choices.includes(one as Choice) ? undefined : `One of ${choices.join(', ')}.`,
    )) as Choice;
    const isAboutOne = choice === 'skip' || choice === 'take-over';
    const step = !isAboutOne
      ? undefined
      : steps.length === 1
        ? steps[0]
        : await askUntil(asked, `Step (${steps.join(', ')}): `, (one) =>
            steps.includes(one) ? undefined : `One of ${steps.join(', ')}.`,
          );
    const why = await askUntil(asked, 'Why, for the record: ', (text) =>
      text === '' && choice === 'skip' ? 'A step is skipped only with a reason.' : undefined,
    );
    return {
      choice,
      ...(step !== undefined && { step }),
      by,
      ...(why !== '' && { why }),
      atMs: realClock().wallMs(),
      through: 'terminal' as const,
    };
  });
}

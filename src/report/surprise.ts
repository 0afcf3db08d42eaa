import * as z from 'zod';
import { inWords } from '../duration.ts';
import { drawOnRecord } from '../journal/draw.ts';
import type { Entry } from '../journal/events.ts';
import { dateAndTime } from './instant.ts';

const instant = z.string();

/** What a report says of a drill that was drawn. */
export const surpriseSchema = z
  .strictObject({
    of: z.array(z.string()).describe('The drills that it could be.'),
    drawn: z.string().nullable().describe('Null until it is revealed.'),
    began: z.boolean(),
    how: z.enum(['random', 'seed']),
    window: z.string(),
    sealedAt: instant,
    moment: instant.nullable().describe('The moment that was drawn.'),
    revealedAt: instant.nullable(),
    seal: z.string().describe('SHA-256 of the draw, which the journal recorded before the drill.'),
    fits: z.boolean().nullable().describe('Whether there was one draw, and the revealed drill is the sealed one.'),
    told: z.array(z.strictObject({ to: z.string(), about: z.string(), at: instant })),
    words: z.string(),
  })
  .nullable()
  .describe('Null if the drill was no surprise.');

type Surprise = z.output<typeof surpriseSchema>;

export function surpriseIn(entries: readonly Entry[]): Surprise {
  const record = drawOnRecord(entries);
  if (!record) return null;
  const { sealed, revealed, fits } = record;
  const told = entries.flatMap((entry) =>
    entry.type === 'commander-told' ? [{ to: entry.to, about: entry.about, at: entry.at }] : [],
  );
  const surprise = {
    of: sealed.of,
    drawn: revealed?.drill ?? null,
    began: revealed?.begins ?? false,
    how: sealed.how,
    window: windowInWords(sealed.window as unknown as Window),
    sealedAt: sealed.at,
    moment: revealed?.moment ?? null,
    revealedAt: revealed?.at ?? null,
    seal: sealed.seal,
    fits: fits ?? null,
    told,
  };
  return { ...surprise, words: wordsOf(surprise) };
}

function wordsOf({
  of,
  drawn,
  began,
  how,
  window,
  sealedAt,
  moment,
  fits,
  told,
}: Omit<NonNullable<Surprise>, 'words'>) {
  const who = told.length === 0 ? 'told to nobody' : `announced to nobody but the ${told[0]?.to}`;
  const from = `Drawn from ${of.length} (${of.join(', ')}) by ${how === 'random' ? 'chance' : 'the seed'}, ${who}; window: ${window}.`;
  const seal = `It was sealed on ${dateAndTime(sealedAt)}`;
  if (moment === null) return `${from} ${seal}, and is still sealed.`;
  const what = began
    ? `${drawn} for ${dateAndTime(moment)}`
    : `${drawn} for ${dateAndTime(moment)}, which did not begin`;
  return `${from} ${seal}: ${what}. ${fits ? 'What was revealed fits the seal.' : 'What was revealed does NOT fit the seal.'}`;
}

interface Window {
  days: string[];
  from: string;
  until: string;
  zone: string;
  within: number;
}

const windowInWords = ({ days, from, until, zone, within }: Window): string =>
  `${days.join(', ')}, ${from} to ${until} ${zone}, within ${inWords(within)}`;

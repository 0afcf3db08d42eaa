import { distance } from 'fastest-levenshtein';

/** The known word that a misspelt one most likely means, if any is near enough. */
export function nearest(given: unknown, known: readonly string[]): string | undefined {
  if (typeof given !== 'string') return undefined;
  let best: { word: string; apart: number } | undefined;
  for (const word of known) {
    const longer = Math.max(given.length, word.length);
    const allowed = Math.max(2, Math.floor(longer * 0.4));
    if (Math.abs(given.length - word.length) > allowed) continue;
    const apart = distance(given.toLowerCase(), word.toLowerCase());
    if (apart <= allowed && apart < longer && (!best || apart < best.apart)) best = { word, apart };
  }
  return best?.word;
}

const wordsOf = (name: string): string[] => name.toLowerCase().split(/[.-]/);

/** How far two words are apart that may be one word, mistyped; undefined where they are two. */
function slips(one: string, other: string): number | undefined {
  const apart = distance(one, other);
  return apart <= Math.max(1, Math.floor(Math.max(one.length, other.length) / 3)) ? apart : undefined;
}

/** What a longer name costs for each word that the shorter one lacks. */
const LACKS = 2;

/**
 * The name of several words that is most likely meant: all words of the shorter one are in the longer one, in order, each at most mistyped.
 * So a step that restores is never suggested for one that deletes.
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const costs = known.flatMap((name) => {
    const cost = costOf(wordsOf(given), wordsOf(name));
    return cost === undefined ? [] : [{ name, cost }];
  });
  return costs.toSorted((a, b) => a.cost - b.cost)[0]?.name;
}

function costOf(one: readonly string[], other: readonly string[]): number | undefined {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  const lacking = longer.length - shorter.length;
  if (lacking > 1 || shorter.length < 2) return undefined;
  const gaps = lacking === 0 ? [longer.length] : longer.map((_, index) => index);
  const costs = gaps.flatMap((gap) => {
    const kept = longer.filter((_, index) => index !== gap);
    const apart = kept.map((word, index) => slips(word, shorter[index] as string));
    return apart.includes(undefined) ? [] : [apart.reduce<number>((sum, one) => sum + (one ?? 0), lacking * LACKS)];
  });
  return costs.length === 0 ? undefined : Math.min(...costs);
}

const unitNames: [RegExp, string][] = [
  [/^(?:ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(?:|s|secs?|seconds?)$/i, 's'],
  [/^(?:m|mins?|minutes?)$/i, 'min'],
  [/^(?:h|hrs?|hours?)$/i, 'h'],
  [/^(?:d|days?)$/i, 'd'],
];

/** What lasts so short that a number without a unit most likely counts seconds. */
const SECONDS = ['every', 'lag', 'maxLag', 'lease', 'replicationLag', 'timeout', 'ttl'];

/** `5 minutes` and `5m` mean `5 min`. A bare number has a meaning only where seconds are usual. */
export function nearestDuration(given: string, path: readonly PropertyKey[]): string | undefined {
  const match = /^(\d+(?:\.\d+)?) *([a-z]*)$/i.exec(given);
  if (!match || (match[2] === '' && !SECONDS.includes(String(path.at(-1))))) return undefined;
  const unit = unitNames.find(([names]) => names.test(match[2] as string))?.[1];
  return unit && `${match[1]} ${unit}`;
}

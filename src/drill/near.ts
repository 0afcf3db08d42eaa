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

const unitNames: [RegExp, string][] = [
  [/^(?:ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(?:|s|secs?|seconds?)$/i, 's'],
  [/^(?:m|mins?|minutes?)$/i, 'min'],
  [/^(?:h|hrs?|hours?)$/i, 'h'],
  [/^(?:d|days?)$/i, 'd'],
];

/** `5 minutes` and `5m` mean `5 min`; a bare `30` most likely means seconds. */
export function nearestDuration(given: unknown): string | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') return undefined;
  const match = /^(\d+(?:\.\d+)?) *([a-z]*)$/i.exec(`${given}`);
  const unit = match && unitNames.find(([names]) => names.test(match[2] as string))?.[1];
  return match && unit ? `${match[1]} ${unit}` : undefined;
}

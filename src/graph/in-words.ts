/** A name of the code as words: `writerUnreachable` and `writer-unreachable` are both "writer unreachable". */
export const nameInWords = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/[-_\s]+/g, ' ')
    .trim();

/** Text on one line, without what cannot be seen, and some of which neither YAML nor XML may hold. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim();

/** Text in lines of about this many characters; a longer word has a line of its own, and a unit stays with its number. */
export function linesOf(text: string, lengthMax: number): string[] {
  const lines: string[] = [];
  for (const word of oneLine(text).split(/ (?!(?:ms|s|min|h)\b)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lengthMax) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

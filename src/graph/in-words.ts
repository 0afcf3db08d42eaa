/** A name of the code as words: `writerUnreachable` and `writer-unreachable` are both "writer unreachable". */
export const nameInWords = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/[-_\s]+/g, ' ')
    .trim();

/** Text on one line, without invisible characters. YAML and XML allow only some of them. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').trim();

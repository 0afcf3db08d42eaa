/** One key for all the ways in which the same name can be written: width, composition, case, spaces and characters that cannot be seen. */
export const personKey = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}|‹U\+[0-9A-F]+›/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');

/** Different people among names: each as first written. */
export const differentPeople = (names: readonly string[]): string[] =>
  [...new Map(names.toReversed().map((name) => [personKey(name), name])).values()].reverse();

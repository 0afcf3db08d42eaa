/** What a PDF by PDFKit says, block by block, and its metadata. Its fonts are subsets, so glyphs are looked up in their maps. */
export function pdfWords(pdf: Uint8Array): { text: string; metadata: string } {
  const objects = new Map(
    [
      ...Buffer.from(pdf)
        .toString('latin1')
        .matchAll(/^(\d+) 0 obj\n([\s\S]*?)\nendobj/gm),
    ].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
  const all = [...objects.values()];
  const of = (name: string) => objects.get(name) ?? '';
  const fonts = new Map(
    all.flatMap((page) =>
      [...page.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', font = '']): [string, string[]] => [
        name,
        glyphsOf(of(/\/ToUnicode (\d+) 0 R/.exec(of(font))?.[1] ?? '')),
      ]),
    ),
  );
  const blocks = all.flatMap((one) => [...one.matchAll(/^BT\n([\s\S]*?)^ET$/gm)].map(([, block = '']) => block));
  const info = all.find((one) => one.includes('/Creator')) ?? '';
  const metadata = [...info.matchAll(/\/(\w+) (\d+) 0 R/g)].map(([, name, at = '']) => `${name}: ${plainOf(of(at))}`);
  return { text: blocks.map((block) => wordsIn(block, fonts)).join('\n'), metadata: metadata.join('\n') };
}

const plainOf = (string: string): string =>
  string.startsWith('(\xfe\xff')
    ? Buffer.from(string.slice(3, -1), 'latin1').swap16().toString('utf16le')
    : string.slice(1, -1);

/** The text of each glyph, by its number. */
const glyphsOf = (map: string): string[] =>
  [...map.matchAll(/\[(.*?)\]/gs)].flatMap(([, ranges = '']) =>
    [...ranges.matchAll(/<([\da-f ]+)>/g)].map(([, points = '']) =>
      points
        .split(' ')
        .map((point) => String.fromCodePoint(Number.parseInt(point, 16)))
        .join(''),
    ),
  );

function wordsIn(block: string, fonts: ReadonlyMap<string, string[]>): string {
  let glyphs: string[] = [];
  let text = '';
  for (const [, font, codes] of block.matchAll(/\/(F\d+) [\d.]+ Tf|<([\da-f]+)>/g)) {
    if (font !== undefined) glyphs = fonts.get(font) ?? [];
    for (const code of codes?.match(/.{4}/g) ?? []) text += glyphs[Number.parseInt(code, 16)] ?? '?';
  }
  return text;
}

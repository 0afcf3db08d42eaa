import { inflateSync } from 'node:zlib';

/** What a PDF by Chromium says, a block of text at a time. Its fonts are subsets, so glyphs are looked up in their maps. */
export function pdfText(pdf: Buffer): string[] {
  const objects = new Map(
    [...pdf.toString('latin1').matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map((match) => [
      match[1] ?? '',
      match[2] ?? '',
    ]),
  );
  const glyphs = (font: string): Map<string, string> => {
    const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(font) ?? '')?.[1];
    return unicodeOf(streamOf(objects.get(map ?? '') ?? ''));
  };
  return [...objects.values()]
    .map(streamOf)
    .flatMap((stream) => [...stream.matchAll(/BT\n([\s\S]*?)ET/g)].map((block) => decode(block[1] ?? '', glyphs)));
}

/** How many pages it has. */
export const pdfPages = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\n/g)?.length ?? 0;

function streamOf(object: string): string {
  const packed = /stream\n([\s\S]*)\nendstream/.exec(object)?.[1];
  if (packed === undefined || !object.includes('/FlateDecode')) return '';
  try {
    return inflateSync(Buffer.from(packed, 'latin1')).toString('latin1');
  } catch {
    return '';
  }
}

/** Chromium names a font after its object: `/F4` is object 4. */
function decode(block: string, glyphs: (font: string) => Map<string, string>): string {
  let map = new Map<string, string>();
  let text = '';
  for (const [, font, codes] of block.matchAll(/\/F(\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj/g)) {
    if (font !== undefined) map = glyphs(font);
    for (const code of codes?.match(/.{4}/g) ?? []) text += map.get(code) ?? '?';
  }
  return text;
}

function unicodeOf(map: string): Map<string, string> {
  const found = new Map<string, string>();
  const put = (code: number, point: number) =>
    found.set(code.toString(16).toUpperCase().padStart(4, '0'), String.fromCodePoint(point));
  const number = (hex: string | undefined) => Number.parseInt(hex ?? '', 16);
  for (const section of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code, point] of (section[1] ?? '').matchAll(/<(\w{4})> <(\w{4})>/g)) put(number(code), number(point));
  }
  for (const section of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from, to, point] of (section[1] ?? '').matchAll(/<(\w{4})> <(\w{4})> <(\w{4})>/g)) {
      for (let code = number(from); code <= number(to); code += 1) put(code, number(point) + code - number(from));
    }
  }
  return found;
}

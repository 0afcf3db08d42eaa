/** Characters that a line may begin or end with, and the marks that stay with the previous one. */
const ideograph = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Bopomofo}]';
const pieces = new RegExp(`${ideograph}[、。，．！？；：）」』】〕》]*|\\s+|(?:(?!${ideograph})\\S)+`, 'gu');

/**
 * Breaks a text into lines that are no wider than `width`. Breaks at spaces and between ideographs; a word that is wider than a line
 * behind its punctuation, as an ARN's, and anywhere if nothing else helps. Every character but the spaces at breaks stays.
 */
export function wrap(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    let used = 0;
    const put = (piece: string, wide: number) => {
      if (used + wide > width && line.trim() !== '') {
        lines.push(line.trimEnd());
        line = '';
        used = 0;
      }
      if (line === '' && piece.trim() === '') return;
      line += piece;
      used += wide;
    };
    for (const [piece] of paragraph.matchAll(pieces)) {
      const wide = widthOf(piece);
      if (wide <= width) put(piece, wide);
      else for (const part of partsOf(piece, width, widthOf)) put(part, widthOf(part));
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

function partsOf(word: string, width: number, widthOf: (text: string) => number): string[] {
  const parts = word.split(/(?<=[-/:._,;=&?@])/u);
  return parts.flatMap((part) => (widthOf(part) <= width ? [part] : [...part]));
}

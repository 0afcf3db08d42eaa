const WIDTH = 110;

interface Looks {
  /** Stands before the text; further lines begin below the text, not below this. */
  first: string;
  paintFirst?: (first: string) => string;
  paint?: (line: string) => string;
}

/** Breaks a text into lines that stay within the width; a word longer than a line is left whole. */
export function paragraph(text: string, { first, paintFirst = String, paint = String }: Looks): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && first.length + longer.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map(
    (one, index) => `${index === 0 ? paintFirst(first) : ' '.repeat(first.length)}${paint(one)}`,
  );
}

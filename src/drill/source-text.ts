/** Something wrong in a file that a person wrote: where, what, and what was meant instead. */
export interface Mistake {
  /** The file; or `--set path=value` for a mistake made on the command line. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, as editors count. */
  column: number;
  message: string;
  expected?: string;
  /** Further lines below what is expected. */
  details?: readonly string[];
  suggestion?: string;
  /** The line, cut to 120 characters around the column. */
  sourceLine?: string;
  /** Where the column is within `sourceLine`, from 0. */
  caret?: number;
}

export type MistakeText = Pick<Mistake, 'message' | 'expected' | 'details' | 'suggestion'>;

const longestLine = 120;

/** A text that knows its lines, so that an offset can be told as a place. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  mistake(offset: number, { message, expected, details, suggestion }: MistakeText): Mistake {
    const at = Math.max(0, offset < this.text.length ? offset : this.text.trimEnd().length);
    const line = this.#lineAt(at);
    const start = this.#lineStarts[line] as number;
    const end = this.#lineStarts[line + 1] ?? this.text.length;
    return {
      file: this.file,
      line: line + 1,
      column: at - start + 1,
      message,
      ...(expected && { expected }),
      ...(details && { details }),
      ...(suggestion && { suggestion }),
      ...excerpt(this.text.slice(start, end).trimEnd(), at - start),
    };
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** A mistake about a file as a whole, which has no line to show. */
export function fileMistake(file: string, text: MistakeText): Mistake {
  return { file, line: 1, column: 1, ...text };
}

/** What was written, on one line and short, in quotes. */
export function quote(text: string): string {
  return `'${short(text, 40)}'`;
}

/** A text on one line, of so many characters at most. */
export function short(text: string, longest: number): string {
  const line = printable(text.slice(0, 2 * longest + 1).trim());
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

function excerpt(line: string, column: number): Pick<Mistake, 'sourceLine' | 'caret'> {
  const clean = printable(line);
  if (clean.trim() === '') return {};
  if (clean.length <= longestLine) return { sourceLine: clean, caret: column };
  const start = Math.min(Math.max(0, column - longestLine / 2), clean.length - longestLine);
  const end = start + longestLine;
  const before = start > 0 ? '…' : '';
  const after = end < clean.length ? '…' : '';
  return {
    sourceLine: before + clean.slice(start + before.length, end - after.length) + after,
    caret: Math.min(column, clean.length) - start,
  };
}

/** Line breaks, tabs and control characters as single spaces, so that nothing a file holds can steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

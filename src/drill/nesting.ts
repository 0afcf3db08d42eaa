import { CST, Lexer } from 'yaml';

const deepest = 50;
const mostAliases = 100;
const mostParts = 10_000;
const blank = new Set<string | null>(['space', 'newline', 'comment']);

/**
 * Looks for what would exhaust a parser before one is let loose on the text: nesting, aliases and sheer
 * number, counted token by token. The depth errs upwards by a level or two.
 */
export function findExcess(text: string): { offset: number; message: string } | undefined {
  const columns: number[] = [];
  let brackets = 0;
  let aliases = 0;
  let parts = 0;
  let offset = 0;
  let lineStart = 0;
  let begins = true;
  let scalarNext = false;
  for (const token of new Lexer().lex(text)) {
    const type: CST.TokenType | null = scalarNext ? null : CST.tokenType(token);
    scalarNext = type === 'scalar';
    // These three represent nothing in the text.
    if (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets++;
    if (type === 'flow-map-end' || type === 'flow-seq-end') brackets = Math.max(0, brackets - 1);
    if (type === 'alias' && ++aliases > mostAliases) {
      return { offset, message: `too many aliases: more than ${mostAliases}` };
    }
    if (!blank.has(type) && ++parts > mostParts) {
      return { offset, message: `too large: more than ${mostParts} keys, values and signs` };
    }
    if (!blank.has(type) && begins && brackets === 0) {
      const column = offset - lineStart;
      while ((columns.at(-1) ?? -1) > column) columns.pop();
      if (columns.at(-1) !== column) columns.push(column);
      begins = false;
    }
    if (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind') begins = true;
    if (columns.length + brackets > deepest) return { offset, message: `nested more than ${deepest} levels deep` };

    const newline = token.lastIndexOf('\n');
    if (newline >= 0) {
      lineStart = offset + newline + 1;
      begins = true;
    }
    offset += token.length;
  }
  return undefined;
}

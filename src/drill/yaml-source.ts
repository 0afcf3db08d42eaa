import { type Document, isMap, type Node, parseDocument, type YAMLParseError } from 'yaml';
import { findExcess } from './nesting.ts';
import { readText } from './read-text.ts';
import { type Mistake, type MistakeText, SourceText, short } from './source-text.ts';
import { strangeNodes } from './strange-nodes.ts';

/** A YAML text that was understood: its data, and its nodes to tell where each value stands. */
export interface YamlSource {
  source: SourceText;
  document: Document.Parsed;
  data: unknown;
}

/** What was understood, if anything, and every mistake in the YAML itself. */
export interface Reading {
  yaml?: YamlSource;
  mistakes: Mistake[];
}

/** Reads a YAML file whose top level is a mapping. */
export function readYamlFile(file: string): Reading {
  const source = readText(file);
  if (!(source instanceof SourceText)) return { mistakes: [source] };
  const reading = parseYaml(source);
  if (!reading.yaml || isMap(reading.yaml.document.contents)) return reading;
  return { mistakes: [...reading.mistakes, notAMapping(reading.yaml)] };
}

/** Parses YAML that may be hostile. Every problem becomes a mistake, never an error. */
export function parseYaml(source: SourceText): Reading {
  try {
    const excess = findExcess(source.text);
    if (excess) return { mistakes: [source.mistake(excess.offset, excess)] };
    return parseShallow(source);
  } catch (error) {
    if (error instanceof RangeError)
      return { mistakes: [source.mistake(0, { message: 'nested too deep to be read' })] };
    return { mistakes: [source.mistake(0, { message: 'not YAML that can be read' })] };
  }
}

function parseShallow(source: SourceText): Reading {
  // Double keys are found by strangeNodes: the parser's own search takes minutes on a large mapping.
  const document = parseDocument(source.text, {
    strict: true,
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
  });
  const first = document.errors.sort((a, b) => a.pos[0] - b.pos[0])[0];
  // What follows the first slip in the syntax is mostly its echo.
  if (first) return { mistakes: [source.mistake(first.pos[0], syntaxText(first))] };

  const strange = strangeNodes(document, source.text);
  const mistakes = strange.map(({ offset, ...text }) => source.mistake(offset, text));
  if (strange.some(({ fatal }) => fatal)) return { mistakes };
  try {
    return { yaml: { source, document, data: document.toJS({ maxAliasCount: 100 }) }, mistakes };
  } catch {
    const at = Math.max(0, source.text.search(/(?<=[\s,[{:-])\*/));
    return { mistakes: [...mistakes, source.mistake(at, { message: 'too many aliases: they multiply without end' })] };
  }
}

const syntax: Record<string, MistakeText> = {
  TAB_AS_INDENT: { message: 'a tab is used as indentation', expected: 'spaces' },
  MULTIPLE_DOCS: { message: 'a second document begins here', expected: 'one document in a file' },
  NON_STRING_KEY: { message: 'a key is not plain text', expected: 'plain text as a key' },
  BAD_INDENT: { message: 'the indentation does not fit the lines above' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a mapping begins where a value was under way',
    expected: 'text that contains ": " in quotes, and every key on its own line',
  },
};

function syntaxText(error: YAMLParseError): MistakeText {
  if (error.code === 'BAD_INDENT' && error.message.startsWith('Flow')) return { message: 'a bracket is still open' };
  return syntax[error.code] ?? { message: `not YAML: ${short(error.message, 100)}` };
}

function notAMapping({ source, document }: YamlSource): Mistake {
  const empty = document.toJS() === null;
  return source.mistake(empty ? 0 : ((document.contents as Node).range?.[0] ?? 0), {
    message: empty ? 'the file is empty' : 'the file is not a mapping of keys to values',
    expected: 'a mapping that begins with drill: or topology:',
  });
}

import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { code, page, prose, table } from './page.ts';

const FILES = [
  'src/journal/events.ts',
  'src/journal/held-events.ts',
  'src/journal/people-events.ts',
  'src/journal/notice.ts',
];

interface EventForm {
  type: string;
  what: string;
  fields: { name: string; type: string; what: string }[];
}

/** The lines of a journal, read off the types of its events. */
export function journalEventsPage(): string {
  const events = FILES.flatMap((file) => eventsIn(file)).toSorted((a, b) => a.type.localeCompare(b.type));
  return page(
    'Journal events',
    'A journal (`journal.jsonl`) has one JSON object in each line. Each has `seq` (from 1), `at` (ISO instant), `ms` (milliseconds since the run began), `prev` (the SHA-256 of the line before) and `type`, and what that type has beside. Every report is made from these lines alone.',
    ...events.map(({ type, what, fields }) =>
      [
        `## ${type}`,
        ...(what === '' ? [] : [prose(what)]),
        fields.length === 0
          ? 'It has no other field.'
          : table(
              ['field', 'type', 'what it is'],
              fields.map((field) => [code(field.name), code(field.type), prose(field.what)]),
            ),
      ].join('\n\n'),
    ),
  );
}

function eventsIn(file: string): EventForm[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: EventForm[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeLiteralNode(node) && ts.isUnionTypeNode(node.parent) && isAlias(node.parent.parent))
      found.push(...eventOf(node, source));
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

const isAlias = (node: ts.Node): boolean => ts.isTypeAliasDeclaration(node) && node.name.text.endsWith('Event');

/** One form may represent several types. */
function eventOf(literal: ts.TypeLiteralNode, source: ts.SourceFile): EventForm[] {
  const properties = literal.members.filter(ts.isPropertySignature);
  const type = properties.find(({ name }) => name.getText(source) === 'type');
  if (!type?.type) return [];
  const fields = properties
    .filter((one) => one !== type)
    .map((one) => ({
      name: `${one.name.getText(source)}${one.questionToken ? '?' : ''}`,
      type:
        one.type
          ?.getText(source)
          .replaceAll(/\s+/g, ' ')
          .replaceAll(/\/\*\*.*?\*\/ /g, '') ?? 'unknown',
      what: commentOf(one),
    }));
  return [...type.type.getText(source).matchAll(/'([^']+)'/g)].map(([, name = '']) => ({
    type: name,
    what: commentOf(type) || commentOf(literal),
    fields,
  }));
}

const commentOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .map(({ comment }) => (typeof comment === 'string' ? comment : ''))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import { firstHidden } from '../visible.ts';
import { type MistakeText, quote } from './source-text.ts';

/** Valid YAML that a drill file has no use for. After a fatal one the data cannot be trusted. */
export interface StrangeNode extends MistakeText {
  offset: number;
  fatal: boolean;
}

const plainTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
);

/** Double keys, merge keys, tags, directives, and aliases that lead nowhere or back to themselves. */
export function strangeNodes(document: Document.Parsed, text: string): StrangeNode[] {
  const found: StrangeNode[] = [];
  const anchors = new Map<string, unknown>();
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
    found.push({ offset: 0, fatal: true, message: 'a %YAML directive asks for another version', expected: 'YAML 1.2' });
  }
  visit(document, (_, node, ancestors) => {
    if (!isNode(node)) return;
    if (isMap(node)) found.push(...strangeKeys(node));
    if (isAlias(node)) found.push(...strangeAlias(node, anchors, ancestors));
    else if (node.anchor) anchors.set(node.anchor, node);
    found.push(...strangeTag(node, text), ...strangeText(node));
  });
  return found;
}

function strangeTag(node: Node, text: string): StrangeNode[] {
  if (!node.tag || plainTags.has(node.tag)) return [];
  const message = `unknown tag ${quote(node.tag.replace('tag:yaml.org,2002:', '!!'))}`;
  // A node begins after its tag.
  let offset = Math.max(0, text.lastIndexOf('!', startOf(node)));
  while (offset > 0 && /[^\s,[\]{}]/.test(text.charAt(offset - 1))) offset--;
  return [{ offset, fatal: true, message, expected: 'a value without a tag' }];
}

function strangeText(node: Node): StrangeNode[] {
  const hidden = isScalar(node) && typeof node.value === 'string' ? firstHidden(node.value) : undefined;
  if (hidden === undefined) return [];
  const message = `a text with a character that cannot be seen: ${hidden}`;
  return [
    {
      offset: startOf(node),
      fatal: false,
      message,
      expected: 'text without control, zero-width or reordering characters',
    },
  ];
}

function strangeKeys(map: YAMLMap): StrangeNode[] {
  const seen = new Set<string>();
  return (map.items as Pair[]).flatMap(({ key }): StrangeNode[] => {
    const name = isScalar(key) ? String(key.value) : '';
    const offset = startOf(key);
    if (name === '<<') {
      const expected = 'the keys themselves, written out';
      return [{ offset, fatal: true, message: 'merge keys (<<) are not understood', expected }];
    }
    if (name === '__proto__') return [{ offset, fatal: true, message: `key '__proto__' is not allowed` }];
    if (seen.has(name)) {
      return [{ offset, fatal: false, message: `key ${quote(name)} stands here twice`, expected: 'each key once' }];
    }
    seen.add(name);
    return [];
  });
}

function strangeAlias(alias: Alias, anchors: Map<string, unknown>, ancestors: readonly unknown[]): StrangeNode[] {
  const name = quote(`*${alias.source}`);
  const offset = startOf(alias);
  const target = anchors.get(alias.source);
  if (!target) return [{ offset, fatal: true, message: `alias ${name} has no anchor before it` }];
  if (ancestors.includes(target))
    return [{ offset, fatal: true, message: `alias ${name} stands within its own anchor` }];
  return [];
}

function startOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}

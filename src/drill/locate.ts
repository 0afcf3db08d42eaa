import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Override } from './override.ts';
import type { SourceText } from './source-text.ts';
import type { YamlSource } from './yaml-source.ts';

export type Path = readonly PropertyKey[];

/** A file and what the command line changes in it. */
export interface Sources {
  yaml: YamlSource;
  overrides: readonly Override[];
  /** Set where paths begin below the top: how to get there. */
  within?: Path;
}

/** Where a value was written. */
export interface Place {
  source: SourceText;
  /** Of the key; of the value itself where it has none, as in a list. */
  keyOffset: number;
  /** Of the value; of its key, if nothing follows it. */
  valueOffset: number;
  /** The value as it was written; empty if it was not. */
  written: string;
}

/** Finds where the value at a path was written, on the command line or in the file. */
export function locate({ within: base = [], ...sources }: Sources, inner: Path): Place {
  const path = [...base, ...inner];
  // What was set within a value has made that value.
  const within = sources.overrides.findLast((override) => startsWith(override.path, path));
  return within ? find(within.yaml, []).place : locateHolder(sources, path);
}

/** The same for a mapping that lacks something; if it is itself absent, the innermost one that is there. */
export function locateHolder({ yaml, overrides, within: base = [] }: Sources, inner: Path): Place {
  const path = [...base, ...inner];
  const above = overrides.findLast((override) => startsWith(path, override.path));
  if (above) return find(above.yaml, path.slice(above.path.length)).place;
  const { place, found } = find(yaml, path);
  const within = found ? undefined : overrides.findLast((override) => startsWith(override.path, path));
  return within ? find(within.yaml, []).place : place;
}

function find(yaml: YamlSource, path: Path): { place: Place; found: boolean } {
  const { source, document } = yaml;
  let node = document.contents as Node | null;
  let keyOffset = node?.range?.[0] ?? 0;
  for (const part of path) {
    const target = isAlias(node) ? node.resolve(document) : node;
    const next = isMap(target)
      ? entry(target.items as Pair[], part)
      : isSeq(target)
        ? item(target.items, part)
        : undefined;
    if (!next)
      return { place: { source, keyOffset, valueOffset: node?.range?.[0] ?? keyOffset, written: '' }, found: false };
    node = next.value;
    keyOffset = (next.key ?? next.value)?.range?.[0] ?? keyOffset;
  }
  const [start, end] = node?.range ?? [keyOffset, keyOffset];
  const written = source.text.slice(start, end);
  return { place: { source, keyOffset, valueOffset: written ? start : keyOffset, written }, found: true };
}

interface Entry {
  key?: Node;
  value: Node | null;
}

function entry(pairs: readonly Pair[], part: PropertyKey): Entry | undefined {
  const pair = pairs.findLast(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair && { key: pair.key as Node, value: pair.value as Node | null };
}

function item(items: readonly unknown[], part: PropertyKey): Entry | undefined {
  const value = items[Number(part)];
  return value === undefined ? undefined : { value: value as Node | null };
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, index) => String(part) === String(path[index]));
}

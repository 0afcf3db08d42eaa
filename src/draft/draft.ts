import { Document, isScalar, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { NotKnown } from '../components/discovery.ts';
import { allKinds } from '../components/index.ts';
import type { Found } from './discover.ts';

const titles = allKinds.map(({ discovery }) => discovery);
const LOOKED_FOR = titles.flatMap((one) => ('not' in one ? [] : one.title)).join(', ');
const NOT_LOOKED_FOR = [
  ...titles.flatMap((one) => ('not' in one ? `${one.title} (${one.not})` : [])),
  'logins to databases',
  'checks, alarms and metrics of services',
  'the bucket for evidence',
  'the witness',
  'resources that no kind of component describes, such as DynamoDB tables and ECS services',
].join(', ');

/** A topology of what was found, and of nothing else. */
export function topologyOf({ topology, passedOver, unasked }: Found, name: string): string {
  const { account, regions, ...groups } = topology;
  const there = Object.entries(groups).filter(([, group]) => Object.keys(group).length > 0);
  const document = new Document();
  document.contents = nodeOf({ topology: name, account, regions, ...Object.fromEntries(there) }, 0);
  document.commentBefore = [
    'Written by `dr-drill discover` from what the account says. What is marked "not known" is for you to fill in or to confirm.',
    `Looked for: ${LOOKED_FOR}.`,
    `Not looked for: ${NOT_LOOKED_FOR}.`,
    ...passedOver.map((one) => `Found, and not described here: ${one}`),
    ...unasked.map((one) => `Could not be asked, and is not described here: ${one}`),
  ]
    .map((line) => ` ${line}`)
    .join('\n');
  return document.toString({ lineWidth: 0, nullStr: '' });
}

/** How many values of a topology are marked. */
export function unknownIn(value: unknown): number {
  if (value instanceof NotKnown) return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + unknownIn(one), 0);
}

/** The same, with placeholders where something is not known and could not be left empty. */
export function withPlaceholders<T>(value: T): T;
export function withPlaceholders(value: unknown): unknown {
  if (value instanceof NotKnown)
    return value.supposed !== undefined || value.placeholder === undefined
      ? value
      : new NotKnown(`${value.why} (PLACEHOLDER)`, { supposed: value.placeholder });
  if (Array.isArray(value)) return value.map((one) => withPlaceholders(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withPlaceholders(one)]));
}

/** From this depth on what is short is in one line: there is nothing but a component's own values. */
const COMPONENT_DEPTH = 3;
const LONGEST_LINE = 100;

/** Plain data as YAML; what is not known is an empty value, or a supposed one, with the reason behind it. */
function nodeOf(value: unknown, depth: number): Scalar | YAMLMap | YAMLSeq {
  if (value instanceof NotKnown) {
    const node = nodeOf(value.supposed ?? null, depth);
    node.comment = ` not known: ${value.why}`;
    return node;
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map((one) => nodeOf(one, depth + 1));
    list.flow = isShort(list, value);
    return list;
  }
  if (typeof value === 'object' && value !== null) {
    const map = new YAMLMap<Scalar, Scalar | YAMLMap | YAMLSeq>();
    map.items = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => new Pair(keyOf(key, one, depth), nodeOf(one, depth + 1)));
    map.flow = (depth >= COMPONENT_DEPTH || depth === 1) && isShort(map, value);
    return map;
  }
  return new Scalar(value);
}

/** Groups stand apart. */
function keyOf(key: string, value: unknown, depth: number): Scalar<string> {
  const node = new Scalar(key);
  node.spaceBefore = depth === 0 && typeof value === 'object';
  return node;
}

/** Comments have no place inside of a line. */
function isShort({ items }: YAMLMap | YAMLSeq, value: object): boolean {
  const values = items.map((item) => (item instanceof Pair ? item.value : item));
  const isPlain = values.every(
    (one) =>
      one instanceof Object && !('comment' in one && one.comment) && (isScalar(one) || ('flow' in one && one.flow)),
  );
  return isPlain && JSON.stringify(value).length <= LONGEST_LINE;
}

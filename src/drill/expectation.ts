import type * as z from 'zod';
import { knownRegions } from '../partition.ts';
import { nearest, nearestDuration } from './near.ts';

const kindNames: Record<string, string> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  record: 'a mapping',
};

/** What would have been right, in plain words. */
export function expectation(issue: z.core.$ZodIssue, keys: readonly string[]): string {
  if (issue.message.startsWith('expected ')) return issue.message.slice('expected '.length);
  const kinds = kindsOf(issue);
  if (kinds) return oneOf(kinds);
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String));
  if (issue.code === 'invalid_format' && issue.format === 'ipv4') return 'an IPv4 address, such as 203.0.113.10';
  if (issue.code === 'invalid_type' && issue.expected === 'object') return `a mapping with ${keys.join(', ')}`;
  if (issue.code === 'invalid_type') return kindNames[issue.expected] ?? issue.expected;
  if (issue.code === 'too_small')
    return amount(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
  if (issue.code === 'too_big') return amount(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
  return issue.message;
}

function amount(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return 'text that is not empty';
  if (origin === 'array') return `a list of ${bound} ${limit}`;
  return `a whole number, ${bound} ${limit}`;
}

/** The right value that a wrong one most likely represents. */
export function meantValue(issue: z.core.$ZodIssue, given: unknown): string | undefined {
  const kinds = kindsOf(issue);
  if (kinds) return nearest(given, kinds);
  if (issue.code === 'invalid_value') return nearest(given, issue.values.map(String));
  const form = MEANT.find(([expected]) => issue.message.startsWith(expected));
  return typeof given === 'string' || typeof given === 'number' ? form?.[1](String(given), issue.path) : undefined;
}

/** By what is expected, what a text of another form most likely means. */
const MEANT: readonly [expected: string, meant: (given: string, path: readonly PropertyKey[]) => string | undefined][] =
  [
    ['expected a duration', nearestDuration],
    ['expected an AWS region', (given) => nearest(given, knownRegions())],
    ['expected an instance class', (given) => (CLASS.test(given) ? `db.${given.toLowerCase()}` : undefined)],
    ['expected a node type', (given) => (CLASS.test(given) ? `cache.${given.toLowerCase()}` : undefined)],
    ['expected the ID of a security group', (given) => GROUP.exec(given.toLowerCase())?.[1]?.replace(/^/, 'sg-')],
  ];

/** A class as EC2 calls it, without what RDS and ElastiCache put before it. */
const CLASS = /^[a-z]\d[a-z0-9-]*\.[a-z0-9]+$/i;
const GROUP = /^(?:sg[-_ ]?)([0-9a-f]{8}|[0-9a-f]{17})$/;

/** The kinds to choose from, where a union's `machine:` or `from:` names none of them. */
export function kindsOf(issue: z.core.$ZodIssue): string[] | undefined {
  if (issue.code !== 'invalid_union' || !('options' in issue)) return undefined;
  return issue.options?.map(String);
}

export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `one of ${words.join(', ')}`;
}

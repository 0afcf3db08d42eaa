import type * as z from 'zod';
import type { Aws } from '../aws/aws.ts';
import type { computeSchema, dataSchema, Kind, trafficSchema } from './schemas.ts';

/** Stands for a value that the account does not tell, with the reason; or for one that someone has to confirm. */
export class NotKnown {
  readonly why: string;
  readonly supposed: unknown;
  /** What a first rehearsal goes on with. */
  readonly placeholder: unknown;

  constructor(why: string, { supposed, placeholder }: { supposed?: unknown; placeholder?: unknown } = {}) {
    this.why = why;
    this.supposed = supposed;
    this.placeholder = placeholder;
  }
}

/** Leaves the value empty, which validation refuses, and says why; `init` writes the placeholder instead. */
export const notKnown = (why: string, placeholder?: unknown): NotKnown => new NotKnown(why, { placeholder });

/** Stands for a security group until a person names one. */
export const NO_GROUP = 'sg-00000000000000000';

/** Writes a value that is likely, and says what about it nobody could tell. */
export const supposed = (value: unknown, why: string): NotKnown => new NotKnown(why, { supposed: value });

/** What the account tells, or why it does not. */
export const told = <T>(value: T | undefined, why: string): T | NotKnown => value ?? notKnown(why);

/** A component as a topology file has it, with what is not known marked in place. */
export type Draft<T> =
  | NotKnown
  | (T extends readonly (infer I)[] ? Draft<I>[] : T extends object ? { [K in keyof T]: Draft<T[K]> } : T);

type InFile = z.input<typeof dataSchema> | z.input<typeof computeSchema> | z.input<typeof trafficSchema>;

export interface Discovered<K extends Kind> {
  /** What it is called, made of AWS's names. `discover` makes it unique in the topology. */
  id: string;
  component: Draft<Extract<InFile, { kind: K }>>;
}

/** The components of one kind that an account has, and what else was seen there that no component describes, in words. */
export interface Discovery<K extends Kind> {
  found: Discovered<K>[];
  passedOver: string[];
}

/** Where components are looked for. */
export interface Regions {
  primary: string;
  recovery: string;
  /** The only public name that is looked for. */
  domain?: string | undefined;
}

/** Looks for all components of a kind in an account. Changes nothing. */
export type Discover<K extends Kind> = (aws: Aws, regions: Regions) => Promise<Discovery<K>>;

const MOST_NAMES = 10;

/** Says of things without a counterpart that they are not described; nothing where there are none. */
export function without(what: string, names: readonly (string | undefined)[]): string[] {
  if (names.length === 0) return [];
  const told = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length - MOST_NAMES;
  return [`${what}: ${told}${more > 0 ? ` and ${more} more` : ''}`];
}

/** A name of small letters, digits and hyphens. */
export const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** The words with which the names of both sides begin; all words of the first, where they have none in common. */
export function commonName(primary: string | undefined = '', recovery: string | undefined = ''): string {
  const words = plainName(primary).split('-');
  return words.slice(0, commonWords(primary, recovery)).join('-') || plainName(primary);
}

function commonWords(one: string, other: string): number {
  const [words, others] = [plainName(one).split('-'), plainName(other).split('-')];
  const first = words.findIndex((word, index) => word !== others[index]);
  return first === -1 ? words.length : first;
}

export interface PairedByName {
  pairs: { primary: string; recovery: string }[];
  /** What has no counterpart. */
  alone: { primary: string[]; recovery: string[] };
}

/** Joins what only names join: the same name in both regions, then names that begin alike, then the only two. */
export function pairedByName(here: readonly string[], there: readonly string[]): PairedByName {
  const ranked = here
    .flatMap((primary) => there.map((recovery) => ({ primary, recovery, alike: alike(primary, recovery) })))
    .filter(({ alike }) => alike > 0 || (here.length === 1 && there.length === 1))
    .toSorted((a, b) => b.alike - a.alike);
  const pairs: PairedByName['pairs'] = [];
  for (const { primary, recovery } of ranked)
    if (!pairs.some((one) => one.primary === primary || one.recovery === recovery)) pairs.push({ primary, recovery });
  return {
    pairs: pairs.toSorted((a, b) => here.indexOf(a.primary) - here.indexOf(b.primary)),
    alone: {
      primary: here.filter((name) => !pairs.some(({ primary }) => primary === name)),
      recovery: there.filter((name) => !pairs.some(({ recovery }) => recovery === name)),
    },
  };
}

const alike = (one: string, other: string): number =>
  one === other ? Number.POSITIVE_INFINITY : commonWords(one, other);

import * as z from 'zod';

export const text = z.string();

/** A thing of one region. */
export const inRegion = <S extends z.ZodRawShape>(shape: S) => z.object({ region: text, ...shape });

/** An RDS instance by its place. */
export const instanceAt = inRegion({ instance: text });

export const thereOrFree = z.enum(['there', 'free']);

/** By whose mark a drill knows its own, which it may find there. */
export const drillName = text.optional();

const orders = new WeakMap<z.ZodType, readonly string[]>();

/** Words from the weakest on: of several needs of one thing, the one that asks for most counts. */
export function weakestFirst<const W extends readonly [string, ...string[]]>(words: W) {
  const schema = z.enum(words);
  orders.set(schema, words);
  return schema;
}

/** The word that asks for most; nothing, where the words of a schema have no order. */
export const strongestIn = (schema: z.ZodType | undefined, words: readonly unknown[]): string | undefined =>
  schema && orders.get(schema)?.findLast((word) => words.includes(word));

const things = new WeakMap<z.ZodType, (need: never) => string>();

/**
 * Something that a step must find before the drill begins.
 * @param of the thing that it is about, by a name that steps alter it by: no preflight can answer for steps after one that does
 */
export function needOf<const K extends string, S extends z.ZodRawShape>(
  kind: K,
  shape: S,
  of: (need: z.output<z.ZodObject<S>>) => string,
) {
  const schema = z.object({ need: z.literal(kind), ...shape });
  things.set(schema, of);
  return schema;
}

/** A need of a thing of one region. */
export const regionalNeed = <const K extends string, S extends z.ZodRawShape>(
  kind: K,
  shape: S,
  of: (need: z.output<z.ZodObject<S & { region: typeof text }>>) => string,
) => needOf(kind, { region: text, ...shape }, of as never);

/** The name of the thing that a need is about, by the schema that it was made with. */
export const thingBy = (schema: z.ZodType, need: object): string => things.get(schema)?.(need as never) ?? '';

/** How needs and alterations of an RDS instance call it. */
export const instanceThing = (region: string, name: string): string => `rds/${region}/${name}`;

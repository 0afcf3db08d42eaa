import * as z from 'zod';

export const text = z.string();

/** A thing of one region. */
export const inRegion = <S extends z.ZodRawShape>(shape: S) => z.object({ region: text, ...shape });

/** A need of a thing of one region. */
export const regionalNeed = <const K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.object({ need: z.literal(kind), region: text, ...shape });

/** An RDS instance by its place. */
export const instanceAt = inRegion({ instance: text });

export const thereOrFree = z.enum(['there', 'free']);

/** By whose mark a drill knows its own, which it may find there. */
export const drillName = text.optional();

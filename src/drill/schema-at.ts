import type * as z from 'zod';
import type { Path } from './locate.ts';

interface Def {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  discriminator?: string;
  options?: z.core.$ZodType[];
  shape?: Record<string, z.core.$ZodType>;
  element?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
  values?: unknown[];
}

/** The keys that the mapping at a path may have; none if it is no mapping with fixed keys. */
export function keysAt(schema: z.core.$ZodType, path: Path, data: unknown): string[] {
  let at: z.core.$ZodType | undefined = schema;
  let here = data;
  for (const part of path) {
    at = at && child(bare(at, here), part);
    here = valueAt(here, [part]);
  }
  return at ? Object.keys(bare(at, here).shape ?? {}) : [];
}

/** The value at a path; undefined where there is none. */
export function valueAt(data: unknown, path: Path): unknown {
  let here = data;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[part];
  }
  return here;
}

function child(def: Def, part: PropertyKey): z.core.$ZodType | undefined {
  if (def.shape) return Object.hasOwn(def.shape, part) ? def.shape[String(part)] : undefined;
  return def.element ?? def.valueType;
}

/** The definition below defaults, options and transforms; of a union, the branch that the data chose. */
function bare(schema: z.core.$ZodType, data: unknown): Def {
  const def = schema._zod.def as unknown as Def;
  const inner = def.innerType ?? def.in;
  if (inner) return bare(inner, data);
  if (!def.discriminator) return def;
  const chosen = valueAt(data, [def.discriminator]);
  const branch = def.options?.find((option) => {
    const tag = bare(option, data).shape?.[def.discriminator as string];
    return tag && (tag._zod.def as unknown as Def).values?.includes(chosen);
  });
  return branch ? bare(branch, data) : def;
}

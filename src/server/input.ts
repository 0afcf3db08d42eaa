import type { NormalizedSchema } from '@smithy/core/schema';
import { Refusal } from './refusal.ts';

/** Refuses an input that lacks what its schema requires, or has something else where the schema wants a value. */
export function mustFit(schema: NormalizedSchema, input: object): void {
  if (!schema.isUnitSchema()) structure(schema, input as Record<string, unknown>, '');
}

function structure(schema: NormalizedSchema, value: Record<string, unknown>, path: string): void {
  const required = requiredMembers(schema);
  for (const [index, [name, member]] of [...schema.structIterator()].entries()) {
    const given = value[name];
    const where = path === '' ? name : `${path}.${name}`;
    if (given !== undefined && given !== null) fits(member, given, where);
    else if (index < required) {
      const message = `1 validation error detected: Value null at '${where}' failed to satisfy constraint: Member must not be null`;
      throw new Refusal('missing-parameter', message);
    }
  }
}

/** Of a structure's members, the first so many are required. */
function requiredMembers(schema: NormalizedSchema): number {
  const raw = schema.getSchema() as unknown as { 6?: number };
  return schema.isUnionSchema() ? 0 : (raw[6] ?? 0);
}

function fits(schema: NormalizedSchema, value: unknown, path: string): void {
  if (!isOfKind(schema, value)) throw new Refusal('wrong-parameter', `Invalid type for parameter ${path}`);
  if (schema.isStructSchema()) structure(schema, value as Record<string, unknown>, path);
  else if (schema.isListSchema()) {
    for (const [index, one] of (value as unknown[]).entries()) {
      if (one !== null) fits(schema.getValueSchema(), one, `${path}.${index + 1}.member`);
    }
  } else if (schema.isMapSchema()) {
    for (const [key, one] of Object.entries(value as object)) {
      if (one !== null) fits(schema.getValueSchema(), one, `${path}.${key}`);
    }
  }
}

function isOfKind(schema: NormalizedSchema, value: unknown): boolean {
  if (schema.isDocumentSchema()) return true;
  if (schema.isListSchema()) return Array.isArray(value);
  if (schema.isStructSchema() || schema.isMapSchema()) return typeof value === 'object' && !Array.isArray(value);
  if (schema.isStringSchema()) return typeof value === 'string' || value instanceof String;
  if (schema.isBooleanSchema()) return typeof value === 'boolean';
  if (schema.isTimestampSchema()) return value instanceof Date && !Number.isNaN(value.getTime());
  if (schema.isNumericSchema()) return typeof value === 'number' && !Number.isNaN(value);
  if (schema.isBlobSchema()) return value instanceof Uint8Array;
  return true;
}

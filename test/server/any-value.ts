import { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import type { AnyCommand } from './server.ts';

type Ref = Parameters<typeof NormalizedSchema.of>[0];

/** The schemas of an operation's input and output. */
export function schemasOf(Command: AnyCommand): [input: NormalizedSchema, output: NormalizedSchema] {
  const { schema } = new Command({}) as { schema: Ref[] };
  return [NormalizedSchema.of(schema[4] as Ref), NormalizedSchema.of(schema[5] as Ref)];
}

/** XML 1.0 has no way to write control characters, and a client of it trims. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 }),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just those are meant
  .filter((value) => !/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/.test(value) && value.trim() === value);

/** As a key, JavaScript itself takes this one for something else. */
const mapKey = text.filter((value) => value !== '__proto__');

const instant = fc.date({ min: new Date(0), max: new Date(Date.UTC(2200, 0)), noInvalidDate: true });

/** Any value of a schema that a wire can carry. */
export function anyValue(schema: NormalizedSchema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.isStructSchema()) return anyStructure(schema, depth);
  if (schema.isListSchema()) {
    // A list without an element of its own leaves no trace where it is empty.
    const minLength = depth > 4 || schema.getMergedTraits().xmlFlattened ? 1 : 0;
    return fc.array(anyValue(schema.getValueSchema(), depth + 1), { minLength, maxLength: 3 });
  }
  if (schema.isMapSchema())
    return fc.dictionary(mapKey, anyValue(schema.getValueSchema(), depth + 1), { minKeys: 1, maxKeys: 3 });
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.integer({ min: -1_000_000, max: 1_000_000 });
  if (schema.isTimestampSchema()) return instant;
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 12 });
  return text;
}

function anyStructure(schema: NormalizedSchema, depth: number): fc.Arbitrary<unknown> {
  const all = [...schema.structIterator()];
  const members = all.filter(([name, member]) => !ownWork.test(name) || !isHeader(member));
  if (schema.isUnionSchema()) {
    // A value may hold values of its own kind, without end.
    const leaves = members.filter(([, member]) => !holdsMore(member));
    return fc.oneof(
      ...(depth > 4 && leaves.length > 0 ? leaves : members).map(([name, member]) =>
        anyValue(member, depth + 1).map((value) => ({ [name]: value })),
      ),
    );
  }
  const required = (schema.getSchema() as unknown as { 6?: number })[6] ?? 0;
  // Clients make up tokens themselves where none is given.
  const always = members.filter(
    ([, member], index) => index < required || member.isIdempotencyToken() || isBody(member) || isWhole(member),
  );
  // A structure without any member, or with none set, leaves no trace in a form.
  const least = always.length === 0 && depth > 0 ? members.slice(0, 1) : always;
  const arbitraries = Object.fromEntries(members.map(([name, member]) => [name, anyMember(name, member, depth + 1)]));
  return fc.record(arbitraries, { requiredKeys: least.map(([name]) => name), noNullPrototype: true });
}

const holdsMore = (member: NormalizedSchema): boolean =>
  member.isStructSchema() || member.isListSchema() || member.isMapSchema();

/** Headers that clients and HTTP itself set by what they send. */
const ownWork = /^(Content(Length|MD5|Encoding|Range)|Checksum|Expires|(CopySource)?SSECustomerKey)/;

const isHeader = (member: NormalizedSchema): boolean => member.getMergedTraits().httpHeader !== undefined;

const inHeader = fc.string({ unit: fc.constantFrom(...'abc/:-_.09'), minLength: 1 });
const bucket = fc.stringMatching(/^[a-z][a-z0-9-]{1,20}[a-z0-9]$/);
/** What a URL would make a path of its own of, no client sends. */
const key = text.filter((value) => !/^[./]*$/.test(value));

/** Headers hold ASCII and whole seconds, and an empty list leaves no trace in them or in a query. */
function anyMember(name: string, member: NormalizedSchema, depth: number): fc.Arbitrary<unknown> {
  const { httpHeader, httpLabel, httpPrefixHeaders, httpQuery, httpResponseCode } = member.getMergedTraits();
  if (httpResponseCode) return fc.constantFrom(200, 202);
  if (httpLabel && name === 'Bucket') return bucket;
  if (httpLabel && name === 'Key') return key;
  if (httpPrefixHeaders !== undefined)
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), inHeader, { minKeys: 1 });
  if (httpHeader && member.isStringSchema()) return inHeader;
  if ((httpHeader || httpQuery) && member.isTimestampSchema()) return instant.map(wholeSecond);
  if (!(httpHeader || httpQuery) || !member.isListSchema()) return anyValue(member, depth);
  const item = httpHeader ? inHeader : anyValue(member.getValueSchema(), depth + 1);
  return fc.array(item, { minLength: 1, maxLength: 3 });
}

const wholeSecond = (date: Date): Date => new Date(Math.floor(date.getTime() / 1_000) * 1_000);

/** The status of the answer, and a body of bytes: both are always there. */
const isWhole = (member: NormalizedSchema): boolean => {
  const { httpResponseCode, httpPayload } = member.getMergedTraits();
  return Boolean(httpResponseCode || (httpPayload && member.isBlobSchema()));
};

const isBody = (member: NormalizedSchema): boolean => member.isBlobSchema() && member.isStreaming();

import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Operation } from '../catalogue.ts';
import { header, type Received, textOf } from '../exchange.ts';
import { Refusal } from '../refusal.ts';
import type { Protocol } from './protocol.ts';
import { labelsOf } from './rest-uri.ts';

/** Where HTTP has dates: in headers its own, in paths and queries those of ISO 8601. */
const settings = { timestampFormat: { useTrait: true, default: 5 }, httpBindings: true } as const;
const fromString = new FromStringShapeDeserializer(settings);

type ReadBody = (schema: NormalizedSchema, body: Uint8Array) => unknown;

/** The operation whose method and path a request has. */
export const operationByUri: Protocol['operationName'] = (request, served) =>
  [...(served?.operations.values() ?? [])].find((operation) => labelsOf(operation, request))?.name;

/** The input of an operation: from the path, the query, the headers, and what is left from the body. */
export async function readBindings(
  { input }: Operation,
  request: Received,
  labels: Record<string, string> | undefined,
  readBody: ReadBody,
): Promise<object> {
  if (input.isUnitSchema()) return {};
  const members = [...input.structIterator()];
  const inBody = members.some(([, member]) => !isBound(member)) && request.body.byteLength > 0;
  const body = inBody ? ((await readBody(input, request.body)) as Record<string, unknown>) : {};
  const read = async ([name, member]: [string, NormalizedSchema]) => {
    const value = isBound(member) ? await bound(member, labels?.[name], request, readBody) : body[name];
    return value === undefined ? [] : [[name, value]];
  };
  return Object.fromEntries((await Promise.all(members.map(read))).flat());
}

/** What of an input is in the query and in headers, by its name there. */
export function bindingsOf(input: NormalizedSchema): { queries: string[]; headers: string[] } {
  const traits = input.isUnitSchema() ? [] : [...input.structIterator()].map(([, member]) => member.getMergedTraits());
  return {
    queries: traits.flatMap(({ httpQuery }) => httpQuery ?? []),
    headers: traits.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
  };
}

const isBound = (member: NormalizedSchema): boolean => {
  const traits = member.getMergedTraits();
  const where = [traits.httpLabel, traits.httpQuery, traits.httpHeader, traits.httpPayload, traits.httpQueryParams];
  return where.some(Boolean) || traits.httpPrefixHeaders !== undefined;
};

function bound(member: NormalizedSchema, label: string | undefined, request: Received, readBody: ReadBody): unknown {
  const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload } = member.getMergedTraits();
  if (httpLabel) return label === undefined ? undefined : scalar(member, label);
  if (httpHeader) {
    const value = header(request, httpHeader.toLowerCase());
    return value === undefined ? undefined : scalar(member, value);
  }
  if (httpQuery) return fromQuery(member, request.query.getAll(httpQuery));
  if (httpPrefixHeaders !== undefined) return prefixed(request, httpPrefixHeaders.toLowerCase());
  if (!httpPayload) return Object.fromEntries(request.query);
  if (request.body.byteLength === 0) return undefined;
  if (member.isBlobSchema()) return new Uint8Array(request.body);
  return member.isStringSchema() ? textOf(request.body) : readBody(member, request.body);
}

function fromQuery(member: NormalizedSchema, values: string[]): unknown {
  const [first] = values;
  if (first === undefined) return undefined;
  return member.isListSchema() ? values.map((one) => scalar(member.getValueSchema(), one)) : scalar(member, first);
}

function prefixed({ headers }: Received, prefix: string): object | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return found.length === 0 ? undefined : Object.fromEntries(found.map(([name, v]) => [name.slice(prefix.length), v]));
}

function scalar(member: NormalizedSchema, text: string): unknown {
  try {
    return fromString.read(member, text);
  } catch {
    throw new Refusal('wrong-parameter', `Invalid value for parameter ${member.getMemberName()}: '${text}'`);
  }
}

export interface Bound {
  status: number;
  headers: Record<string, string>;
  /** What belongs into the body; `undefined` for an operation that answers without one. */
  body: { schema: NormalizedSchema; value: unknown } | undefined;
}

/** Where the parts of an output go. */
export function writeBindings({ output, http }: Operation, value: Record<string, unknown>): Bound {
  const reply: Bound = { status: http?.[2] ?? 200, headers: {}, body: undefined };
  if (output.isUnitSchema()) return reply;
  const left: Record<string, unknown> = {};
  let inBody = false;
  for (const [name, member] of output.structIterator()) {
    const { httpHeader, httpPrefixHeaders, httpPayload, httpResponseCode } = member.getMergedTraits();
    const given = value[name];
    if (httpPayload) reply.body = { schema: member, value: given };
    else if (httpResponseCode) reply.status = (given as number | undefined) ?? reply.status;
    else if (httpHeader === undefined && httpPrefixHeaders === undefined) {
      left[name] = given;
      inBody = true;
    } else if (given === undefined) continue;
    else if (httpHeader) reply.headers[httpHeader] = inHeader(member, given);
    else for (const [key, one] of Object.entries(given as object)) reply.headers[`${httpPrefixHeaders}${key}`] = one;
  }
  return inBody ? { ...reply, body: { schema: output, value: left } } : reply;
}

function inHeader(member: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(settings);
  serializer.write(member, value);
  return serializer.flush();
}

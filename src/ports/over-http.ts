import { DrillError } from '../errors.ts';

/** Where a served world answers for its ports: GET names them with their methods, POST asks one. */
export const PORTS_PATH = '/_dr-drill/ports';

/** The ports of a world, with the names of their methods. */
export type Methods = Record<string, string[]>;

export interface PortCall {
  port: string;
  method: string;
  args: unknown[];
}

/** What a port said. */
export type PortAnswer = { value?: unknown } | { error: { isOurs: boolean; [field: string]: unknown } };

/** Which argument is the signal; the side that answers has its own. */
const SIGNAL = { isSignal: true };

export const textOf = (said: PortCall | PortAnswer): string =>
  JSON.stringify(said, (_, value) => (value instanceof AbortSignal ? SIGNAL : value));

export const callIn = (text: string, signal: AbortSignal): PortCall => {
  const { args, ...call } = JSON.parse(text, (_, value) => (value?.isSignal === true ? signal : withBytes(value)));
  // JSON has no `undefined`, by which an argument is left out.
  return { ...call, args: args.map((one: unknown) => one ?? undefined) };
};

export const answerIn = (text: string): PortAnswer => JSON.parse(text, (_, value) => withBytes(value));

const withBytes = (value: { type?: unknown; data?: unknown } | null): unknown =>
  value?.type === 'Buffer' && Array.isArray(value.data) ? Buffer.from(value.data) : value;

/** An error as plain data: steps tell errors of ports apart by their names and fields. */
export const failed = (error: Error): PortAnswer => ({
  error: { ...error, name: error.name, message: error.message, isOurs: error instanceof DrillError },
});

export function errorOf({ isOurs, ...fields }: Extract<PortAnswer, { error: unknown }>['error']): Error {
  const { code, message, hint } = fields as { code: string; message: string; hint?: string };
  return Object.assign(isOurs ? new DrillError(code, message, { ...(hint && { hint }) }) : new Error(message), fields);
}

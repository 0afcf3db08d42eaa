import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came. */
export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** A header that comes once. */
export function header({ headers }: Received, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

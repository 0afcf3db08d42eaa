import type { Asked } from '../clock/waiting.ts';

/** What a recursive resolver would get for a name, with how long it may keep it. */
export interface DnsAnswer {
  addresses: string[];
  ttlMs: number;
  /** The name that it leads to, whose addresses are asked for and kept apart. Only for a watched customer. */
  alias?: string;
  /** How long a cache that others share may have kept it before: the record's TTL. Absent where no such cache was asked. */
  sharedForMs?: number;
}

export interface Dns {
  /** What the zone's own name servers answer, all of them, past every cache. */
  authoritative: Asked<[name: string, signal?: AbortSignal], DnsAnswer>;
  /** @param customer the number of the watched customer that asks, whose resolver keeps nothing for others; nobody in particular, unless given */
  resolve: Asked<[name: string, signal?: AbortSignal, customer?: number], DnsAnswer>;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The URL as a customer would type it. */
  url: string;
  /** The address to connect to, already resolved. */
  address: string;
  timeoutMs: number;
  /** What is sent, as JSON; a POST without it sends an empty object. */
  body?: string;
}

export interface HttpAnswer {
  status: number;
  latencyMs: number;
  /** The beginning of the body, up to 64 kB; empty in a dry run. */
  body: string;
  /** The region that served, where the answer says so (header `x-served-by`). */
  servedBy?: string;
}

/**
 * Fails with an error named `Timeout`, `ConnectionFailed` or `Unreadable` when nobody gives a valid answer; its `sent` is true where the
 * request may have arrived.
 */
export interface Http {
  request: Asked<[request: HttpRequest, signal?: AbortSignal], HttpAnswer>;
  /** The same for a step or undo: its requests name the journal line that it began with, where a trace is asked for. */
  partOf?(began: () => number | undefined): Http;
}

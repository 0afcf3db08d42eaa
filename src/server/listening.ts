import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DrillError } from '../errors.ts';

/** Where a server listens. Port 0 takes any that is free. */
export interface Address {
  host: string;
  port: number;
}

/** So long may a client take to send a request. */
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 60_000;
/** As long as AWS keeps an idle connection, about. */
const KEEP_ALIVE_MS = 20_000;

/** For `createServer`: a client that is too slow is dropped. */
export const patience = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: HEADERS_WITHIN_MS,
  requestTimeout: REQUEST_WITHIN_MS,
  connectionsCheckingInterval: 1_000,
};

/** Returns the URL that the server listens at. Rejects with a `DrillError` (`cannot-listen`) where the address is not available. */
export async function listening(server: Server, address: Address): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(address, cause)));
    server.listen(address.port, address.host, resolve);
  });
  return urlOf(server.address() as AddressInfo);
}

/** Drops every connection, answered or not. */
export const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** The whole body of a request; `undefined` where it has more bytes than it may. */
export async function bodyOf(message: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;

function cannotListen({ host, port }: Address, cause: Error): DrillError {
  return new DrillError('cannot-listen', `Cannot listen on ${host}:${port}: ${cause.message}`, {
    hint: 'Choose another port with --listen, or end what listens there.',
    cause,
  });
}

import http from 'node:http';
import https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import description from '../../package.json' with { type: 'json' };
import type { Clock } from '../clock/clock.ts';
import { Aborted } from '../errors.ts';
import type { Http, HttpAnswer, HttpRequest } from '../ports/network.ts';
import type { Traceparent } from '../telemetry/ids.ts';
import { wholeBody } from './whole-body.ts';

/** So much of a body is kept. */
const BODY_MAX = 64 * 1024;

/**
 * Sends each request over a connection of its own, as a new customer would, to the address given; name, certificate and SNI are
 * those of the URL. The time-out covers all of it: connecting, TLS, headers and body.
 * @param traceparent puts what services do on these requests into the run's trace
 * @param began the journal line of the step or undo that asks
 */
export function liveHttp(
  clock: Clock,
  traceparent?: Traceparent,
  began: () => number | undefined = () => undefined,
): Http {
  return {
    ...(traceparent && { partOf: (line) => liveHttp(clock, traceparent, line) }),
    request: (request, signal) =>
      new Promise<HttpAnswer>((resolve, reject) => {
        const headers = { ...HEADERS, ...(traceparent && { traceparent: traceparent(began() ?? 'run') }) };
        const beganMs = clock.elapsedMs();
        const limit = new AbortController();
        const timer = clock.setTimeout(() => limit.abort(), request.timeoutMs);
        const ends = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
        const secure = request.url.startsWith('https:');
        let sent = false;
        const fail = (error: unknown) => {
          clock.clearTimeout(timer);
          const named = asPortNamesIt(error, request, limit.signal.aborted);
          reject(signal?.aborted ? new Aborted() : Object.assign(named, { sent }));
        };
        const asked = (secure ? https : http).request(
          request.url,
          { method: request.method, agent: false, signal: ends, lookup: alwaysTo(request.address), headers },
          (answer) => {
            wholeBody(answer, request.address).then((bytes) => {
              clock.clearTimeout(timer);
              const servedBy = answer.headers['x-served-by'];
              resolve({
                status: answer.statusCode ?? 0,
                latencyMs: Math.round(clock.elapsedMs() - beganMs),
                body: bytes.subarray(0, BODY_MAX).toString('utf8'),
                ...(typeof servedBy === 'string' && { servedBy }),
              });
            }, fail);
          },
        );
        asked.on('error', fail);
        asked.on('socket', (socket) => {
          socket.once(secure ? 'secureConnect' : 'connect', () => {
            sent = true;
          });
        });
        asked.end(request.body ?? (request.method === 'POST' ? '{}' : undefined));
      }),
  };
}

const HEADERS = {
  'user-agent': `dr-drill/${description.version}`,
  'content-type': 'application/json',
  connection: 'close',
};

/** DNS has been asked already, by a resolver that keeps answers as long as it may. */
const alwaysTo =
  (address: string): LookupFunction =>
  (_name, options, done) => {
    const family = isIPv6(address) ? 6 : 4;
    return options.all ? done(null, [{ address, family }]) : done(null, address, family);
  };

function asPortNamesIt(error: unknown, { address, timeoutMs }: HttpRequest, timedOut: boolean): Error {
  if (timedOut) {
    const message = `${address} did not answer within ${timeoutMs / 1000} s.`;
    return Object.assign(new Error(message), { name: 'Timeout' });
  }
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (name === 'Unreadable') return error as Error;
  if (code?.startsWith('HPE_')) {
    const garbled = `What ${address} answered is no HTTP: ${code}.`;
    return Object.assign(new Error(garbled, { cause: error }), { name: 'Unreadable' });
  }
  const said = `Could not connect to ${address}: ${code ?? message}.`;
  return Object.assign(new Error(said, { cause: error }), { name: 'ConnectionFailed' });
}

import type { Service } from '../aws/aws.ts';
import { DrillError } from '../errors.ts';
import { networkTrouble } from './network-trouble.ts';

/** What the SDK may hang on an error. */
interface SdkError extends Error {
  code?: string;
  syscall?: string;
  $fault?: string;
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

/** What was asked, for the message. */
interface Asked {
  service: Service;
  operation: string;
  region: string;
}

/** The error under one of the names by which the gateway decides what became of a call; any other as it is. */
export function asGatewayKnowsIt(error: unknown, asked: Asked): unknown {
  if (!(error instanceof Error)) return error;
  if (neverLeft(error)) {
    const why = networkTrouble(error)?.what ?? 'no connection in time';
    const message = `${asked.service} in ${asked.region} cannot be reached: ${why}.`;
    return named('Unreachable', message, error);
  }
  const { $response, $fault } = error as SdkError;
  if ($response === undefined || isUnreadable(error) || isWellFormed(error)) return error;
  // Credential providers have answers of their own, which say what is wrong with the session.
  if ($fault === undefined && !/deseriali[sz]ation|JSON|XML/i.test(error.message)) return error;
  return isLackOfEmulator($response) ? notSupported(error, asked) : unreadable(asked, $response.statusCode, error);
}

/** An answer that is not AWS's, or not a whole one. Whether the call was carried out is unknown. */
export function unreadable({ service, operation, region }: Asked, status: number | undefined, cause?: unknown): Error {
  const message = `${service} ${operation} in ${region}: the answer is not a whole answer of AWS (status ${status}).`;
  return named('Unreadable', message, cause);
}

const named = (name: string, message: string, cause: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name });

const isUnreadable = ({ name }: Error): boolean => name === 'Unreadable';

/** The SDK gives what it cannot read the name `Unknown` or `UnknownError`, or none of its own; `UnknownOperationException` is AWS's. */
const isWellFormed = ({ name, $fault }: SdkError): boolean =>
  $fault !== undefined && !/^(Unknown(Error)?$|Error$|SyntaxError$|TypeError$|\d)/.test(name);

/** The connection was never there, so nothing can have been carried out. */
function neverLeft(error: SdkError): boolean {
  // The handler gives a connection that never came the same name as an answer that never came.
  return (
    ['connect', 'getaddrinfo'].includes(error.syscall ?? '') || /did not establish a connection/.test(error.message)
  );
}

/** The web page of an emulator for an operation that it lacks: its framework tells, or the status. */
function isLackOfEmulator({ statusCode = 0, headers = {} }: NonNullable<SdkError['$response']>): boolean {
  const standsIn = Object.keys(process.env).some((name) => name.startsWith('AWS_ENDPOINT_URL'));
  const isPage = /^text\/(html|plain)/.test(headers['content-type'] ?? '');
  return isPage && (/^Werkzeug/i.test(headers.server ?? '') || (standsIn && [404, 405, 501].includes(statusCode)));
}

const notSupported = (cause: unknown, { service, operation }: Asked): DrillError =>
  new DrillError('not-supported', `${service} ${operation} is not supported by this endpoint.`, {
    hint: 'It answered as no AWS protocol does: AWS_ENDPOINT_URL seems to name an emulator that lacks the operation.',
    cause,
  });

import type { Service } from '../aws/aws.ts';
import { DrillError } from '../errors.ts';

/** What the SDK may hang on an error. */
interface SdkError extends Error {
  code?: string;
  syscall?: string;
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

/** The error under one of the names by which the gateway decides what became of a call; any other as it is. */
export function asGatewayKnowsIt(error: unknown, service: Service, operation: string): unknown {
  if (!(error instanceof Error)) return error;
  const { statusCode = 0 } = (error as SdkError).$response ?? {};
  if (isPage(error) && [502, 503, 504].includes(statusCode)) {
    const message = `${service} ${operation} was answered by something on the way to AWS, with status ${statusCode}.`;
    return Object.assign(new Error(message, { cause: error }), { name: 'ServiceUnavailable' });
  }
  if (isPage(error)) {
    return new DrillError('not-supported', `${service} ${operation} is not supported by this endpoint.`, {
      hint: 'It answered as no AWS protocol does: AWS_ENDPOINT_URL seems to name an emulator that lacks the operation.',
      cause: error,
    });
  }
  if (!neverLeft(error)) return error;
  const why = (error as SdkError).code ?? 'no connection in time';
  return Object.assign(new Error(`${service} cannot be reached: ${why}.`, { cause: error }), { name: 'Unreachable' });
}

/** The connection was never there, so nothing can have been carried out. */
function neverLeft(error: SdkError): boolean {
  // The handler gives a connection that never came the same name as an answer that never came.
  return (
    ['connect', 'getaddrinfo'].includes(error.syscall ?? '') || /did not establish a connection/.test(error.message)
  );
}

/** A web page where AWS would have answered in XML, JSON or CBOR; what the SDK could not read of it does not matter. */
function isPage({ $response }: SdkError): boolean {
  return /^text\/(html|plain)/.test($response?.headers?.['content-type'] ?? '');
}

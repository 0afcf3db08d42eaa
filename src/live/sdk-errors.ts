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
  if (answersInNoProtocol(error)) {
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

/** An emulator's web page where AWS would have answered in XML, JSON or CBOR. */
function answersInNoProtocol({ $response }: SdkError): boolean {
  return ($response?.statusCode ?? 0) >= 400 && /^text\/(html|plain)/.test($response?.headers?.['content-type'] ?? '');
}

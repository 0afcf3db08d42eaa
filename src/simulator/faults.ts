export interface AwsFault extends Error {
  $fault: 'client' | 'server';
  $metadata: { httpStatusCode: number; requestId?: string; attempts?: number };
}

/** An error as the SDK throws it: named by shape, with the wire's words. */
export function awsError(name: string, message: string, httpStatusCode = 400): AwsFault {
  const $fault = httpStatusCode >= 500 ? 'server' : 'client';
  return Object.assign(named(name, message), { $fault, $metadata: { httpStatusCode } } as const);
}

/** An error of a port, known by its name. Nobody reads where in the simulator it was made, and an outage makes thousands: traces are costly. */
export function named(name: string, message: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(message), { name });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

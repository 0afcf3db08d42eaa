export interface AwsFault extends Error {
  $fault: 'client' | 'server';
  $metadata: { httpStatusCode: number; requestId?: string; attempts?: number };
}

/** An error as the SDK throws it: named by shape, with the wire's words. */
export function awsError(name: string, message: string, httpStatusCode = 400): AwsFault {
  const $fault = httpStatusCode >= 500 ? 'server' : 'client';
  return Object.assign(named(name, message), { $fault, $metadata: { httpStatusCode } } as const);
}

/** An error of a port, known by its name. */
export const named = (name: string, message: string): Error =>
  withoutStacks(() => {
    const error = new Error(message);
    error.name = name;
    return error;
  });

/** Nobody reads where in the simulator a simulated failure was made, and an outage makes thousands: traces are costly. */
export function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

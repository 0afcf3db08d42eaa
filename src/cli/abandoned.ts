let isAbandoned = false;

/** Nobody waits any more for connections that this process still has. */
export function abandonConnections(): void {
  isAbandoned = true;
}

export const hasAbandonedConnections = (): boolean => isAbandoned;

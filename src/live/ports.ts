import type { Gateway } from '../aws/gateway.ts';
import type { Clock } from '../clock/clock.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { Ports } from '../ports/ports.ts';
import type { LiveTransport } from './transport.ts';

export interface LivePortsOptions {
  drill: Drill;
  topology: Topology;
  credentials: LiveTransport['credentials'];
  clock: Clock;
  /** Sessions with databases then refuse to write. */
  readOnly: boolean;
}

/** Everything real that a drill touches besides AWS's own APIs. */
export function livePorts(_options: LivePortsOptions): { through: (aws: Gateway) => Ports; close(): Promise<void> } {
  throw new Error('not yet');
}

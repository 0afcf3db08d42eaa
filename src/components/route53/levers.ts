/** How the customers of a name are moved. */
export const LEVERS = [
  'health-check-inversion',
  'weighted-records',
  'failover-records',
  'latency-records',
  'simple-record',
  'arc-routing-controls',
  'global-accelerator-dials',
] as const;

/** The routing policies of Route 53 that a drill can move. */
export const POLICIES = ['failover', 'weighted', 'latency', 'simple'] as const;

/** A witness in a third region, in YAML. */
export const witnessExample = {
  drills: ['network-partition', 'network-partition-failover'],
  text: (system: string, region: string): string => `\
region: ${region}
bucket: ${system}-witness
# Route 53 health checks of the two regions' endpoints.
healthChecks:
  primary: 00000000-0000-4000-8000-000000000002
  recovery: 00000000-0000-4000-8000-000000000003`,
};

import type { Example } from '../example.ts';

export const route53Example: Example = {
  id: 'public-name',
  drills: ['multi-az-failover', 'tabletop'],
  text: ({ domain }) => `\
kind: route53
zone: Z00000000EXAMPLE
name: ${domain}
ttl: 30 s
lever: health-check-inversion
# Weighted records, 100 and 0, can move customers by shares.
records: weighted
# Put 'target' with the name of the load balancer in place of 'address' where the record is an alias.
primary: { setIdentifier: primary, address: 203.0.113.10, healthCheck: 00000000-0000-4000-8000-000000000001 }
recovery: { setIdentifier: recovery, address: 198.51.100.20 }
service:
  # Reads and writes through the whole system.
  path: /health/deep
  # Services behind the name, each asked alone.
  checks: [{ name: orders, path: /orders/health }]`,
};

import { InvalidArgumentError } from 'commander';

/** Which calls go wrong, and how many of them. */
export interface CallRule {
  service: string;
  operation?: string;
  calls: number;
}

/** As `rds:PromoteReadReplica=3`, `rds:PromoteReadReplica` or `rds`; added to those before. */
export function callRule(text: string, earlier: CallRule[]): CallRule[] {
  const [, service, operation, calls = '1'] = /^([\w-]+)(?::(\w+))?(?:=([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (!service) {
    throw new InvalidArgumentError('Expected a service, an operation and how often, as rds:PromoteReadReplica=3.');
  }
  return [...earlier, { service, ...(operation && { operation }), calls: Number(calls) }];
}

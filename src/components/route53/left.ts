import type { Attribute, Leaves, Left } from '../left.ts';

const SENDS_BACK = 'sends customers back to where they were before the run';

interface Name {
  zone: string;
  name: string;
}

/** How a lever that edits records has moved customers, as the step's parameters have it. */
type Move =
  | { edits: 'weights'; weights: Record<string, number> }
  | { edits: 'roles' | 'destination' }
  | { edits: 'presence'; without: string }
  | { edits: 'presence-again'; setIdentifier: string };

/** What the steps of public names leave. */
export const nameLeaves: Leaves = {
  'route53.invert-health-check'({ params }) {
    const { healthCheck, inverted } = params as { healthCheck: string; inverted: boolean };
    return [checkLeft(healthCheck, inverted)];
  },
  'route53.share-traffic'({ params }) {
    const { weights, ...name } = params as Name & { weights: Record<string, number> };
    return weighted(name, weights);
  },
  'route53.hold-by-weights'({ params }) {
    const { weights, healthCheck, ...name } = params as Name & {
      weights: Record<string, number>;
      healthCheck: string;
    };
    return [...weighted(name, weights), checkLeft(healthCheck, false)];
  },
  'route53.move-records'({ params }) {
    const { zone, names } = params as { zone: string; names: { name: string; move: Move }[] };
    return names.flatMap(({ name, move }) => moved({ zone, name }, move));
  },
  'globalaccelerator.set-dials': dialled,
  'globalaccelerator.share-traffic': dialled,
};

function checkLeft(id: string, inverted: boolean): Left {
  const attribute = (path: string): Attribute => ({ path, value: inverted, plan: 'revert', means: SENDS_BACK });
  return {
    types: ['aws_route53_health_check'],
    where: { id },
    region: null,
    cloudFormation: { type: 'AWS::Route53::HealthCheck', physicalId: id },
    left: 'changed',
    // A template cannot say whether a check is disabled.
    attributes: [{ ...attribute('invert_healthcheck'), property: 'HealthCheckConfig.Inverted' }, attribute('disabled')],
  };
}

const record = ({ zone, name }: Name, set?: string) => ({
  types: ['aws_route53_record'],
  where: { zone_id: zone, fqdn: name, ...(set !== undefined && { set_identifier: set }) },
  region: null,
  cloudFormation: { type: 'AWS::Route53::RecordSet', physicalId: name },
});

const weighted = (name: Name, weights: Record<string, number>): Left[] =>
  Object.entries(weights).map(([key, value]) => ({
    // Weights of other types than A stand by type and set identifier.
    ...record(name, key.split(' ').at(-1) ?? key),
    left: 'changed' as const,
    attributes: [
      {
        path: 'weighted_routing_policy[0].weight',
        value,
        property: 'Weight',
        plan: 'revert' as const,
        means: SENDS_BACK,
      },
    ],
  }));

function moved(name: Name, move: Move): Left[] {
  const changed = (path: string, property: string, set?: string): Left => ({
    ...record(name, set),
    left: 'changed',
    attributes: [{ path, property, plan: 'revert', means: SENDS_BACK }],
  });
  switch (move.edits) {
    case 'weights':
      return weighted(name, move.weights);
    case 'roles':
      return [changed('failover_routing_policy', 'Failover')];
    case 'destination':
      return [
        {
          ...record(name),
          left: 'changed',
          attributes: ['records', 'alias'].map((path) => ({
            path,
            property: path === 'alias' ? 'AliasTarget' : 'ResourceRecords',
            plan: 'revert' as const,
            means: SENDS_BACK,
          })),
        },
      ];
    case 'presence':
      return [{ ...record(name, move.without), left: 'gone' }];
    case 'presence-again':
      return [
        { ...record(name, move.setIdentifier), left: 'made', id: `${name.zone}_${name.name}_A_${move.setIdentifier}` },
      ];
  }
}

function dialled({ params }: { params: unknown }): Left[] {
  const { dials } = params as { dials: Record<string, number> };
  return Object.entries(dials).map(([arn, value]) => ({
    types: ['aws_globalaccelerator_endpoint_group'],
    where: { arn },
    region: null,
    cloudFormation: { type: 'AWS::GlobalAccelerator::EndpointGroup', physicalId: arn },
    left: 'changed' as const,
    attributes: [
      {
        path: 'traffic_dial_percentage',
        value,
        property: 'TrafficDialPercentage',
        plan: 'revert' as const,
        means: SENDS_BACK,
      },
    ],
  }));
}

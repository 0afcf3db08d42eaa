import type { Input, Operation, Output } from '../../../aws/aws.ts';
import { DrillError, errorFacts } from '../../../errors.ts';
import type { StepContext } from '../../../steps/step.ts';

/** ARC's control plane is in one region. */
const CLUSTERS_COMMAND = 'aws route53-recovery-control-config list-clusters --region us-west-2';

/** Two routing controls by ARN, and the cluster's endpoints by region, in the order in which they are tried. */
interface Controls {
  on: string;
  off: string;
  endpoints: { region: string; url: string }[];
}

export type States = Record<string, string>;
type Service = 'route53recoverycluster';
type Asking = Pick<StepContext, 'aws' | 'signal'>;

export async function statesNow(target: Controls, context: Asking): Promise<States> {
  const states: States = {};
  for (const arn of [target.on, target.off]) {
    const answer = await anywhere('GetRoutingControlState', { RoutingControlArn: arn }, target, context);
    states[arn] = answer.RoutingControlState ?? '';
  }
  return states;
}

/** Asks one endpoint after another until one answers. Asking twice for the same states is safe. */
export async function anywhere<O extends Operation<Service>>(
  operation: O,
  input: Input<Service, O>,
  { endpoints }: Pick<Controls, 'endpoints'>,
  { aws, signal }: Asking,
): Promise<Output<Service, O>> {
  const silent: string[] = [];
  for (const { region } of endpoints) {
    try {
      return await aws.call('route53recoverycluster', region, operation, input, { once: true });
    } catch (error) {
      signal.throwIfAborted();
      if (!isSilent(error)) throw error;
      silent.push(`${region}: ${errorFacts(error).name}`);
    }
  }
  throw new DrillError('no-endpoint', `None of the cluster's endpoints answered (${silent.join(', ')}).`, {
    hint: `Compare the endpoints in the topology with: ${CLUSTERS_COMMAND}`,
  });
}

const isSilent = (error: unknown): boolean =>
  error instanceof Error &&
  ([
    'TimeoutError',
    'NetworkingError',
    'Unreachable',
    'UnknownOutcome',
    'EndpointTemporarilyUnavailableException',
  ].includes(error.name) ||
    ('$fault' in error && error.$fault === 'server'));

import { regionalArn } from '../arn.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import type { NeedOf } from '../steps/needs.ts';
import type { Permission } from '../steps/step.ts';

/** The topic that the incident commander alone reads. */
export function commanderTopic({ account, regions, notices }: Topology) {
  if (!notices?.commander) throw new DrillError('topology-lacks', 'The topology has no notices.commander.');
  const { region, commander } = notices;
  const { topic, endpoints } = commander;
  return {
    topic,
    endpoints,
    region: regions[region],
    arn: regionalArn({ service: 'sns', region: regions[region], account, resource: topic }),
  };
}

/** Who would be told which drill was drawn. */
export function commanderNeed(topology: Topology): NeedOf<'sns-topic'> {
  const { topic, endpoints, region, arn } = commanderTopic(topology);
  return { need: 'sns-topic', region, arn, topic, subscriptions: endpoints };
}

/** What telling him needs. */
export const commanderPermissions = (topology: Topology): Permission[] =>
  ['sns:GetTopicAttributes', 'sns:Publish'].map((action) => ({ action, resource: commanderTopic(topology).arn }));

import { regionalArn } from '../arn.ts';
import { type Channel, channelsOf, secretsOf } from '../drill/notices.ts';
import type { Topology } from '../drill/topology.ts';
import { secretPermission } from '../steps/data/login-permissions.ts';
import type { NeedOf } from '../steps/needs.ts';
import type { Permission } from '../steps/step.ts';

/** The channels of a topology, for a preflight to look at. */
export const channelNeeds = (topology: Topology): NeedOf<'notice-channel'>[] =>
  channelsOf(topology).map(([name, channel]) => ({
    need: 'notice-channel',
    channel: name,
    over: channel.kind,
    ...(channel.kind === 'sns' && { topic: topicOf(channel, topology) }),
    secrets: secretPermissions(channel, topology).map(({ resource }) => resource),
  }));

/** What telling people needs. */
export const noticePermissions = (topology: Topology): Permission[] => [
  ...channelsOf(topology).flatMap(([, channel]) => secretPermissions(channel, topology)),
  ...publishPermissions(topology),
];

export const publishPermissions = (topology: Topology): Permission[] =>
  channelsOf(topology).flatMap(([, channel]) =>
    channel.kind === 'sns' ? [{ action: 'sns:Publish', resource: topicOf(channel, topology).arn }] : [],
  );

function topicOf({ topic, region: side }: Extract<Channel, { kind: 'sns' }>, { account, regions }: Topology) {
  const region = regions[side];
  return { region, arn: regionalArn({ service: 'sns', region, account, resource: topic }) };
}

const secretPermissions = (channel: Channel, { account, regions }: Topology): Permission[] =>
  secretsOf(channel).flatMap((one) =>
    one.from === 'secrets-manager'
      ? [secretPermission(one.secret, { region: one.region ?? regions.recovery, account })]
      : [],
  );

import { regionalArn } from '../arn.ts';
import { channelsOf, secretsOf } from '../drill/notices.ts';
import type { Topology } from '../drill/topology.ts';
import { secretPermission } from '../steps/data/login-permissions.ts';
import type { Permission } from '../steps/step.ts';

/** What telling people needs. No preflight asks for it: a channel that fails never stops a drill. */
export const noticePermissions = (topology: Topology): Permission[] => {
  const { account, regions } = topology;
  return channelsOf(topology).flatMap(([, channel]) => {
    const secrets = secretsOf(channel).flatMap((one) =>
      one.from === 'secrets-manager'
        ? [secretPermission(one.secret, { region: one.region ?? regions.recovery, account })]
        : [],
    );
    if (channel.kind !== 'sns') return secrets;
    const topic = { service: 'sns', region: regions[channel.region], account, resource: channel.topic };
    return [{ action: 'sns:Publish', resource: regionalArn(topic) }];
  });
};

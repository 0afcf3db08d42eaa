import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { channelsOf, secretsOf } from '../drill/notices.ts';
import { regionsOf } from '../drill/regions.ts';
import { gatewayOutside, type LiveAccount } from './live-account.ts';

/** Sends messages beside the run: no call of theirs is part of it, or waits for its session. */
export async function senderFor(topology: LoadedDrill['topology'], account: LiveAccount, clock: Clock) {
  const { noticeSender } = await import('../live/notices.ts');
  const aws = gatewayForNotices(topology, account);
  return noticeSender({ topology, clock, aws: async () => aws });
}

/** For a preflight. Nothing is loaded where the topology has no channels. */
export async function channelsFor(topology: LoadedDrill['topology'], account: LiveAccount, clock: Clock) {
  if (channelsOf(topology).length === 0) return undefined;
  const { liveChannels } = await import('../live/notices.ts');
  const aws = gatewayForNotices(topology, account);
  return liveChannels({ topology, clock, aws: async () => aws });
}

/** The way to SNS, and to secrets of channels. */
export function gatewayForNotices(topology: LoadedDrill['topology'], account: LiveAccount): Aws {
  const { signal } = new AbortController();
  const regions = channelsOf(topology).flatMap(([, channel]) =>
    secretsOf(channel).flatMap((one) => (one.from === 'secrets-manager' && one.region ? [one.region] : [])),
  );
  const aws = gatewayOutside(account, [...regionsOf(topology), ...regions]);
  return aws({ step: 'notices', signal });
}

import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import { channelsOf } from '../drill/notices.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError, errorFacts, isPassing } from '../errors.ts';
import type { ToChannel } from '../notices/telling.ts';
import { type Channels, NotDelivered, type Receipt, type Send } from '../ports/notices.ts';
import type { Reaching, Sending } from './notice-sending.ts';
import { readSecret } from './secret.ts';
import { within } from './within.ts';

/** One attempt may take so long, with the secrets that it needs. */
const ATTEMPT_MS = 20_000;

export interface Means {
  topology: Topology;
  clock: Clock;
  /** Only asked for by channels of SNS, and for secrets in Secrets Manager. */
  aws: () => Promise<Aws>;
}

/** Sends messages to the services themselves. What a kind of channel needs is loaded when its first message is sent. */
export function noticeSender({ topology, clock, aws }: Means): Send<ToChannel> {
  const secret = secretsFrom({ topology, clock, aws });
  return (outgoing, signal) =>
    attempt(clock, signal, (ends) => sent({ ...outgoing, clock, signal: ends, topology, aws, secret }));
}

/** The channels of a topology as they are, for a preflight. */
export function liveChannels({ topology, clock, aws }: Means): Channels {
  const channels = new Map(channelsOf(topology));
  const secret = secretsFrom({ topology, clock, aws });
  return {
    async reach(name, signal) {
      const channel = channels.get(name);
      if (channel) await attempt(clock, signal, (ends) => reached({ channel, signal: ends, secret }));
    },
  };
}

const attempt = <T>(clock: Clock, signal: AbortSignal, work: (ends: AbortSignal) => Promise<T>): Promise<T> =>
  within({ clock, ms: ATTEMPT_MS, signal, late: () => new Error(`No answer within ${ATTEMPT_MS / 1000} s.`) }, work);

const secretsFrom =
  ({ topology, aws }: Means): Reaching['secret'] =>
  (reference) =>
    readSecret(reference, { aws, region: topology.regions.recovery }).catch((cause: unknown) => {
      const { name, message, hint } = errorFacts(cause);
      const what = cause instanceof DrillError ? message : `Its secret cannot be read: ${name}: ${message}`;
      throw new NotDelivered(hint === undefined ? what : `${what} ${hint}`, { passes: isPassing(cause), cause });
    });

async function sent(sending: Omit<Sending, 'channel' | 'message'> & ToChannel): Promise<Receipt | undefined> {
  const { kind } = sending.channel;
  switch (kind) {
    case 'email':
      return (await import('./notice-mail.ts')).sendMail(sending as Sending<'email'>);
    case 'sns':
      return (await import('./notice-sns.ts')).publish(sending as Sending<'sns'>);
    default:
      return (await import('./notice-http.ts')).postNotice(sending as never);
  }
}

async function reached(reaching: Reaching): Promise<void> {
  switch (reaching.channel.kind) {
    case 'email':
      return (await import('./notice-mail.ts')).greetServer(reaching as Reaching<'email'>);
    case 'sns':
      return undefined;
    default:
      return (await import('./notice-http.ts')).reachService(reaching as never);
  }
}

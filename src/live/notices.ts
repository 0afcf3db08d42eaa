import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError, errorFacts, isPassing } from '../errors.ts';
import type { ToChannel } from '../notices/telling.ts';
import { NotDelivered, type Receipt, type Send } from '../ports/notices.ts';
import type { Sending } from './notice-sending.ts';
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
  const secret: Sending['secret'] = (reference) =>
    readSecret(reference, { aws, region: topology.regions.recovery }).catch((cause: unknown) => {
      const { name, message, hint } = errorFacts(cause);
      const what = cause instanceof DrillError ? message : `Its secret cannot be read: ${name}: ${message}`;
      throw new NotDelivered(hint === undefined ? what : `${what} ${hint}`, { passes: isPassing(cause), cause });
    });
  return (outgoing, signal) =>
    within(
      { clock, ms: ATTEMPT_MS, signal, late: () => new Error(`No answer within ${ATTEMPT_MS / 1000} s.`) },
      (ends) => sent({ ...outgoing, clock, signal: ends, topology, aws, secret }),
    );
}

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

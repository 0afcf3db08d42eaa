import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import type { Ports } from '../ports/ports.ts';

/** The way to an account: real or simulated, reads only. */
export interface Account {
  aws: Aws;
  ports: Ports;
  clock: Clock;
  signal: AbortSignal;
}

/** Opens the account, hands it to a look, and closes it again. */
export type LookAtAccount = <T>(look: (account: Account) => Promise<T>) => Promise<T>;

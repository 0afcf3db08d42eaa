import type { World } from './world.ts';

/** Who the account takes its caller for. */
export interface Caller {
  Account: string;
  UserId: string;
  Arn: string;
}

export const sts = {
  GetCallerIdentity({ topology: { account } }: World): Caller {
    return {
      Account: account,
      UserId: 'AROASIMULATED:dr-drill',
      Arn: `arn:aws:sts::${account}:assumed-role/dr-drill/simulated`,
    };
  },
};

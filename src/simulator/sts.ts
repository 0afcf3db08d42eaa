import type { World } from './world.ts';

export const sts = {
  GetCallerIdentity({ topology: { account } }: World) {
    return {
      Account: account,
      UserId: 'AROASIMULATED:dr-drill',
      Arn: `arn:aws:sts::${account}:assumed-role/dr-drill/simulated`,
    };
  },
};

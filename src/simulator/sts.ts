import { globalArn } from '../arn.ts';
import type { World } from './world.ts';

/** Who the account takes its caller for. */
export interface Caller {
  Account: string;
  UserId: string;
  Arn: string;
}

export const sts = {
  GetCallerIdentity({ topology: { account, regions } }: World): Caller {
    return {
      Account: account,
      UserId: 'AROASIMULATED:dr-drill',
      Arn: globalArn({ service: 'sts', region: regions.primary, account, resource: 'assumed-role/dr-drill/simulated' }),
    };
  },
};

import { isArn, regionalArn } from '../../arn.ts';
import type { Login } from '../../drill/live.ts';
import type { Permission } from '../step.ts';

/** What logging in to the databases of some regions needs of IAM; nothing where the password comes from elsewhere. */
export function loginPermissions(
  login: Login | undefined,
  { account, regions, secretRegion }: { account: string; regions: readonly string[]; secretRegion: string },
): Permission[] {
  if (login?.password.from === 'iam') {
    // Which resource id an instance has, nobody knows before it is there: a user of that name is all that is allowed.
    return regions.map((region) => ({
      action: 'rds-db:connect',
      resource: regionalArn({ service: 'rds-db', region, account, resource: `dbuser:*/${login.user}` }),
    }));
  }
  if (login?.password.from === 'secrets-manager') {
    const { secret, region = secretRegion } = login.password;
    return [secretPermission(secret, { region, account })];
  }
  return [];
}

/** What reading a secret needs, by its name or ARN. */
export function secretPermission(secret: string, { region, account }: { region: string; account: string }): Permission {
  // Secrets Manager ends every ARN with six characters of its own.
  const resource = isArn(secret)
    ? secret
    : regionalArn({ service: 'secretsmanager', region, account, resource: `secret:${secret}-??????` });
  return { action: 'secretsmanager:GetSecretValue', resource };
}

import { globalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { awsError } from './faults.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
const ROLE = 'dr-drill';
/** What FIS and Systems Manager act with. */
const SERVICE_ROLES = ['fis-experiments', 'automation'];

/** IAM as its API answers: the caller's role, whose policies allow everything but what the account denies. */
export const iam = {
  GetRole(world: World, _region: string, { RoleName }: Input<'iam', 'GetRole'>) {
    if (RoleName !== ROLE && (!SERVICE_ROLES.includes(RoleName ?? '') || world.rolesGone.includes(RoleName ?? '')))
      throw awsError('NoSuchEntityException', `The role with name ${RoleName} cannot be found.`, 404);
    return {
      Role: {
        Path: '/',
        RoleName,
        RoleId: 'AROASIMULATED',
        Arn: roleArn(world, RoleName),
        CreateDate: new Date(world.startMs - 400 * DAY),
      },
    };
  },

  SimulatePrincipalPolicy(world: World, _region: string, input: Input<'iam', 'SimulatePrincipalPolicy'>) {
    if (input.PolicySourceArn !== roleArn(world)) {
      throw awsError('NoSuchEntityException', `${input.PolicySourceArn} is not in this account.`, 404);
    }
    const resources = input.ResourceArns ?? ['*'];
    return {
      IsTruncated: false,
      EvaluationResults: (input.ActionNames ?? []).map((action) => {
        const decision = world.denied.includes(action) ? ('implicitDeny' as const) : ('allowed' as const);
        return {
          EvalActionName: action,
          EvalResourceName: resources[0] ?? '*',
          EvalDecision: decision,
          ResourceSpecificResults: resources.map((resource) => ({
            EvalResourceName: resource,
            EvalResourceDecision: decision,
          })),
        };
      }),
    };
  },
};

const roleArn = ({ topology: { regions, account } }: World, name = ROLE): string =>
  globalArn({ service: 'iam', region: regions.primary, account, resource: `role/${name}` });

import type { EvaluationResult } from '@aws-sdk/client-iam';
import * as z from 'zod';
import { globalArn, nameIn, parseArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { cliRegion, globalRegionOf } from '../../partition.ts';
import { type Granted, isReading, PASSED_TO, takesIn } from '../granted.ts';
import { blocker, type Finding, note, warning } from './findings.ts';
import { goesUnanswered, isRefused, type Look, type LookContext, NOT_TOLD, rootOf } from './look.ts';

/** What the drill may do: its steps' actions with their resources. */
export const neededPermissions = z.array(
  z.object({ action: z.string(), resources: z.array(z.string()), passedTo: z.string().optional() }),
);

/** Who may be asked about: only the call itself tells which role or user makes it. */
export const simulationPermissions = (account: string, region: string) => [
  { action: 'iam:GetRole', resource: globalArn({ service: 'iam', region, account, resource: 'role/*' }) },
  ...['role', 'user'].map((kind) => ({
    action: 'iam:SimulatePrincipalPolicy',
    resource: globalArn({ service: 'iam', region, account, resource: `${kind}/*` }),
  })),
];

/** AWS answers it to anyone, whatever a policy says. */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';

/** Who makes the calls, as the account said in a region. */
interface Caller {
  caller: string;
  region: string;
}

/** A role or user that IAM knows, and a region of its partition. */
interface Principal {
  principal: string;
  region: string;
}

/** What a drill may do, and with which exact names of what is known by a pattern only. */
interface Asked {
  needed: readonly Granted[];
  /** What telling people needs: without it the drill continues. */
  telling?: readonly Granted[] | undefined;
  arns: readonly string[];
}

/** Has IAM judge whether the caller may do all that the drill will do. */
export async function permissionsLook(
  { caller, region }: Caller,
  { needed, telling = [], arns }: Asked,
  context: LookContext,
): Promise<Look> {
  const exactly = (granted: readonly Granted[]): Granted[] =>
    granted
      // A run that only reads ends before its first change.
      .filter((one) => one.action !== ALWAYS_ALLOWED && (!context.readsOnly || isReading(one)))
      .map(({ resources, ...one }) => ({
        ...one,
        resources: [...new Set(resources.map((resource) => exact(resource, arns)))],
      }));
  const wanted = exactly(needed);
  const row = { what: 'permissions', topology: `${wanted.length} actions`, account: caller };
  try {
    const principal = await principalOf({ caller, region }, context);
    if (!principal) return { rows: [row], findings: [notSimulated(caller, 'it is no role or user of this account')] };
    const judged = async (granted: readonly Granted[]): Promise<Finding[]> => {
      const groups = byResources(granted).map((group) => deniedIn({ principal, region }, group, context));
      return (await Promise.all(groups)).flat().map((one) => deniedFinding({ principal, region }, one));
    };
    const [blocking, beside] = await Promise.all([judged(wanted), judged(exactly(telling))]);
    const warnings = beside.map((one): Finding => ({ ...one, severity: 'warning', why: NOT_TOLD }));
    return { rows: [row], findings: [...blocking, ...warnings] };
  } catch (error) {
    // IAM's control plane is in one region, which may be part of the disaster: no drill waits for it.
    if (!goesUnanswered(error) && !isAwsError(rootOf(error), 'NoSuchEntity')) throw error;
    return { rows: [row], findings: [notSimulated(caller, (error as Error).message)] };
  }
}

/** Actions that are needed for the same resources and service: one question each, as IAM judges every action on every resource. */
function byResources(wanted: readonly Granted[]): Granted[][] {
  const groups = new Map<string, Granted[]>();
  for (const one of wanted) {
    const key = [one.passedTo, ...one.resources].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

const exact = (resource: string, arns: readonly string[]): string =>
  resource === '*' ? resource : (arns.find((arn) => takesIn(resource, arn)) ?? resource);

/** The role behind a session, or the user; `undefined` for the account's root and federated users, which have no such policies. */
async function principalOf({ caller, region }: Caller, { aws }: LookContext): Promise<string | undefined> {
  const { account = '', resource = '' } = parseArn(caller) ?? {};
  const [kind, name] = resource.split('/');
  if (kind === 'user') return caller;
  if (kind !== 'assumed-role' || !name) return undefined;
  try {
    // The session's name leaves out the role's path, and roles of single sign-on have one.
    return (await aws.call('iam', globalRegionOf('iam', region), 'GetRole', { RoleName: name })).Role?.Arn;
  } catch (error) {
    if (isRefused(error)) return globalArn({ service: 'iam', region, account, resource: `role/${name}` });
    throw error;
  }
}

interface Denied {
  action: string;
  resource: string;
  decision: string;
  /** Keys of conditions that only the call itself would bring along. */
  missing: string[];
}

/** What of some actions on the same resources is not allowed. */
async function deniedIn(
  { principal, region }: Principal,
  group: readonly Granted[],
  { aws }: LookContext,
): Promise<Denied[]> {
  const [{ resources = [], passedTo } = {}] = group as readonly Partial<Granted>[];
  const asked = {
    PolicySourceArn: principal,
    ActionNames: group.map(({ action }) => action),
    ResourceArns: resources,
    ...(passedTo && {
      ContextEntries: [{ ContextKeyName: PASSED_TO, ContextKeyValues: [passedTo], ContextKeyType: 'string' as const }],
    }),
  };
  const where = globalRegionOf('iam', region);
  const results = await listOf(aws, 'iam', where, 'SimulatePrincipalPolicy', 'EvaluationResults', asked);
  return results.flatMap(decisionsOf).filter(({ decision }) => decision !== 'allowed');
}

function decisionsOf(result: EvaluationResult): Denied[] {
  const { EvalActionName: action = '', EvalResourceName, EvalDecision, ResourceSpecificResults } = result;
  if (!ResourceSpecificResults?.length) {
    const missing = result.MissingContextValues ?? [];
    return [{ action, resource: EvalResourceName ?? '*', decision: EvalDecision ?? 'allowed', missing }];
  }
  return ResourceSpecificResults.map(({ EvalResourceName, EvalResourceDecision, MissingContextValues }) => ({
    action,
    resource: EvalResourceName ?? '*',
    decision: EvalResourceDecision ?? 'allowed',
    missing: MissingContextValues ?? [],
  }));
}

function deniedFinding({ principal, region }: Principal, denied: Denied): Finding {
  const { action, resource, decision, missing } = denied;
  const what = `${action} on ${resource} is ${decision === 'explicitDeny' ? 'denied' : 'not allowed'} to ${principal}`;
  if (missing.length > 0) {
    const why = `Its policies ask for ${missing.join(', ')}, which only the call itself has: IAM cannot simulate them.`;
    return warning(
      action,
      `perhaps ${what}`,
      why,
      `Read the conditions: ${judgeCommand({ principal, region }, denied)}`,
    );
  }
  if (decision === 'explicitDeny') {
    const why = 'The drill would stop there, in the middle of the disaster, and no other policy outweighs a denial.';
    return blocker(
      action,
      what,
      why,
      `Find the statement that denies it: ${judgeCommand({ principal, region }, denied)}`,
    );
  }
  const fix = `Attach the policy that \`dr-drill iam-policy <drill>\` prints: ${attachCommand({ principal, region })}`;
  if (isPattern(resource)) {
    const why =
      'IAM was asked about a pattern, and a narrower policy may do; where it does not, the drill would stop there.';
    return warning(action, `perhaps ${what}`, why, fix);
  }
  return blocker(action, what, 'The drill would stop there, in the middle of the disaster.', fix);
}

/** Route 53 names a change only when it is made: no policy could be narrower. */
const CHANGES = 'change/*';

/** Whether a policy that names a resource exactly would not take it in, although that is all that the drill needs. */
const isPattern = (resource: string): boolean =>
  resource !== '*' && parseArn(resource)?.resource !== CHANGES && /[*?]/.test(resource);

/** The option for a command of IAM, by any region of the partition. */
const ofIam = (region: string): string => cliRegion(globalRegionOf('iam', region));

const judgeCommand = ({ principal, region }: Principal, { action, resource }: Denied): string =>
  `aws iam simulate-principal-policy${ofIam(region)} --policy-source-arn ${principal} --action-names ${action} --resource-arns '${resource}'`;

function attachCommand({ principal, region }: Principal): string {
  const kind = parseArn(principal)?.resource.startsWith('user/') ? 'user' : 'role';
  const name = nameIn(principal);
  return `aws iam put-${kind}-policy${ofIam(region)} --${kind}-name ${name} --policy-name dr-drill --policy-document file://dr-drill.json`;
}

const notSimulated = (caller: string, why: string): Finding =>
  note(
    'permissions',
    `IAM was not asked whether ${caller} may do all that the drill does: ${why}`,
    'A permission that is missing shows only when the drill comes to it.',
    'Allow iam:SimulatePrincipalPolicy, or compare with what `dr-drill iam-policy <drill>` prints.',
  );

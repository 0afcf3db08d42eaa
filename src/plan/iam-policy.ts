import { type Granted, isReading, mergedAgain, PASSED_TO } from '../steps/granted.ts';
import { withCommas } from '../with-commas.ts';
import type { Plan } from './plan.ts';
import { stepsOf } from './planned.ts';

/** What the policy's bearer is to do: the whole drill, a run that only reads, or the preflight alone. */
export const policyPurposes = ['live', 'read-only', 'preflight'] as const;
export type PolicyPurpose = (typeof policyPurposes)[number];

interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: { StringEquals: Record<string, string> };
}

export interface IamPolicy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** The minimum IAM policy of a drill: one statement for the actions of a service on the same resources. */
export function iamPolicyFor(plan: Needs, purpose: PolicyPurpose): IamPolicy {
  const groups = new Map<string, Granted[]>();
  for (const granted of grantedFor(plan, purpose)) {
    const key = [serviceOf(granted), kindOf(granted), granted.passedTo, ...granted.resources].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), granted]);
  }
  const statements = [...groups.values()];
  return { Version: '2012-10-17', Statement: statements.map((group, index) => statementOf(group, index, statements)) };
}

/** Without white space, which IAM does not count. */
const MANAGED_POLICY_MAX = 6_144;
const INLINE_POLICIES_OF_ROLE_MAX = 10_240;

/** Says how a policy that is longer than IAM takes can be attached all the same; nothing of a shorter one. */
export function tooLongForOne(policy: IamPolicy): string | undefined {
  const { length } = JSON.stringify(policy);
  if (length <= MANAGED_POLICY_MAX) return undefined;
  const split = 'divide its statements among several managed policies of the same role';
  const ways = length <= INLINE_POLICIES_OF_ROLE_MAX ? `attach it to a role as an inline policy, or ${split}` : split;
  const [has, most] = [length, MANAGED_POLICY_MAX].map(withCommas);
  return `This policy has ${has} characters without white space, and a managed policy of IAM may have ${most}: ${ways}.`;
}

type Needs = Pick<Plan, 'permissions' | 'phases'>;

function grantedFor({ permissions, phases }: Needs, purpose: PolicyPurpose): Granted[] {
  if (purpose === 'live') return permissions;
  if (purpose === 'read-only') return permissions.filter(isReading);
  const preflight = stepsOf(phases).filter(({ kind }) => kind === 'account.preflight');
  return mergedAgain(preflight.flatMap((step) => step.permissions));
}

const serviceOf = ({ action }: Granted): string => action.split(':')[0] ?? '';
const kindOf = (granted: Granted): 'Read' | 'Change' => (isReading(granted) ? 'Read' : 'Change');

/** Named by what it allows, and numbered where that is not enough. */
function statementOf(group: Granted[], index: number, statements: Granted[][]): Statement {
  const sid = sidOf(group);
  const alike = statements.filter((other) => sidOf(other) === sid);
  const number =
    alike.length === 1 ? '' : 1 + statements.slice(0, index).filter((other) => sidOf(other) === sid).length;
  const passedTo = group[0]?.passedTo;
  return {
    Sid: `${sid}${number}`,
    Effect: 'Allow',
    Action: group.map(({ action }) => action),
    Resource: group[0]?.resources ?? [],
    ...(passedTo && { Condition: { StringEquals: { [PASSED_TO]: passedTo } } }),
  };
}

/** Letters and digits are all that a Sid may have. */
function sidOf(group: Granted[]): string {
  const [first] = group;
  if (!first) return '';
  const service = serviceOf(first).replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (group.length > 1) return `${service}${kindOf(first)}`;
  const name = first.action.split(':')[1] ?? '';
  return `${service}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

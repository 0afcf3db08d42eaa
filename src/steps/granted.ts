import { isChange } from '../aws/changes.ts';
import type { Permission } from './step.ts';

/** An IAM action with the resources that it is needed for. */
export interface Granted {
  action: string;
  resources: string[];
}

/** IAM names no action of AWS that reads otherwise; a login is read-only or not by the session that follows it. */
export const isReading = ({ action }: Granted): boolean =>
  !isChange(action) && /^[\w-]+:(Get|List|Describe|Simulate)|^rds-db:connect$/.test(action);

/** The only service that a drill passes a role to: what an allowed role can do stays with it. */
export const PASSED_TO = { key: 'iam:PassedToService', service: 'monitoring.rds.amazonaws.com' };
export const passesRole = ({ action }: Pick<Granted, 'action'>): boolean => action === 'iam:PassRole';

/** One line an action, with every resource once; one that a wider pattern takes in is not named again. */
export function merged(permissions: readonly Permission[]): Granted[] {
  const actions = [...new Set(permissions.map(({ action }) => action))].sort();
  return actions.map((action) => {
    const named = permissions.filter((one) => one.action === action).map(({ resource }) => resource);
    return { action, resources: widest([...new Set(named)]) };
  });
}

/** The same of lists that were merged each for itself. */
export const mergedAgain = (granted: readonly Granted[]): Granted[] =>
  merged(granted.flatMap(({ action, resources }) => resources.map((resource) => ({ action, resource }))));

const widest = (resources: string[]): string[] =>
  resources.filter((one) => !resources.some((other) => other !== one && takesIn(other, one))).sort();

/** In the pattern of an ARN, `*` stands for anything. */
export function takesIn(pattern: string, arn: string): boolean {
  const literal = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(arn);
}

import { isChange } from '../aws/changes.ts';
import type { Permission } from './step.ts';

/** An IAM action with the resources that it is needed for. */
export interface Granted {
  action: string;
  resources: string[];
  /** Of `iam:PassRole`: what an allowed role can do stays with this service. */
  passedTo?: string | undefined;
}

/** IAM names no action of AWS that reads otherwise; a login is read-only or not by the session that follows it. */
export const isReading = ({ action }: Granted): boolean =>
  !isChange(action) && /^[\w-]+:(Get|List|Describe|Simulate)|^rds-db:connect$/.test(action);

/** The key of IAM's condition on who is given a role. */
export const PASSED_TO = 'iam:PassedToService';

/** One line an action, with every resource once; one that a wider pattern takes in is not named again. */
export function merged(permissions: readonly Permission[]): Granted[] {
  const groups = new Map<string, Permission[]>();
  for (const one of permissions) {
    const key = `${one.action} ${one.passedTo ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.keys()].sort().flatMap((key) => {
    const [first, ...more] = groups.get(key) ?? [];
    if (!first) return [];
    const resources = widest([...new Set([first, ...more].map(({ resource }) => resource))]);
    return [{ action: first.action, resources, ...(first.passedTo && { passedTo: first.passedTo }) }];
  });
}

/** The same of lists that were merged each for itself. */
export const mergedAgain = (granted: readonly Granted[]): Granted[] =>
  merged(
    granted.flatMap(({ action, resources, passedTo }) =>
      resources.map((resource) => ({ action, resource, ...(passedTo && { passedTo }) })),
    ),
  );

const widest = (resources: string[]): string[] =>
  resources.filter((one) => !resources.some((other) => other !== one && takesIn(other, one))).sort();

/** In the pattern of an ARN, `*` represents anything. Names may be longer than any regular expression. */
export function takesIn(pattern: string, arn: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === arn;
  let from = first.length;
  for (const piece of others) {
    const at = arn.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return arn.startsWith(first) && arn.endsWith(last) && from + last.length <= arn.length;
}

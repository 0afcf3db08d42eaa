import { isAwsError } from '../../aws/aws.ts';
import { DrillError, isPassing } from '../../errors.ts';
import type { StepContext } from '../step.ts';
import { blocker, type Finding } from './findings.ts';

/** What a look at the account needs: nothing here changes anything. */
export type LookContext = Pick<StepContext, 'aws' | 'clock' | 'signal'>;

/**
 * How long a preflight repeats a look that fails: longer than throttling and stuck connections usually last. That nobody answers
 * is itself something that it finds.
 */
export const PATIENCE_MS = 75_000;

/** One fact, as the topology says it and as the account does. */
export interface Row {
  what: string;
  topology: string;
  account: string;
}

/** What one look gave: the facts side by side, and what is wrong with them. */
export interface Look {
  rows: Row[];
  findings: Finding[];
  /** Exact names of resources that a permission knows by a pattern only. */
  arns?: string[];
}

export const together = (looks: readonly Look[]): Look => ({
  rows: looks.flatMap(({ rows }) => rows),
  findings: looks.flatMap(({ findings }) => findings),
  arns: looks.flatMap(({ arns }) => arns ?? []),
});

/** A fact that the topology says nothing about. */
export const UNSAID = '–';

/** Looks; where that is not allowed or nobody answers, this is itself what is found. Rejects with any other error. */
export async function looked(subject: string, look: () => Promise<Look>): Promise<Look> {
  try {
    return await look();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (isRefused(error)) return { rows: [], findings: [notAllowed(subject, text)] };
    if (hasNoAnswer(error)) return { rows: [], findings: [noAnswer(subject, text)] };
    throw error;
  }
}

/** The words for a service that gives no answer which a look could use. */
const NO_USE = [
  'not-supported',
  'aws-refused',
  'region-disabled',
  'service-failed',
  'throttled',
  'endpoint-unreachable',
];

/** Whether a question that the drill could do without went unanswered: not allowed, nobody there, or no answer that is of use. */
export const goesUnanswered = (error: unknown): boolean =>
  isRefused(error) || hasNoAnswer(error) || (error instanceof DrillError && NO_USE.includes(error.code));

/** Whether nobody was there to answer. */
export const hasNoAnswer = (error: unknown): boolean => isPassing(rootOf(error));

/** Whether AWS, or a cluster, refused a call for want of permission, in whatever words it was told. */
export const isRefused = (error: unknown): boolean =>
  isAwsError(
    rootOf(error),
    'AccessDenied',
    'AccessDeniedException',
    'AuthorizationError',
    'UnauthorizedOperation',
    'NotAuthorized',
    'Forbidden',
    'Unauthorized',
  );

/** AWS's own error, below what was made of it for a person. */
export const rootOf = (error: unknown): unknown =>
  error instanceof DrillError && error.cause instanceof Error ? error.cause : error;

const notAllowed = (subject: string, text: string): Finding =>
  blocker(
    subject,
    `${subject} cannot be looked at: ${text}`,
    'What may not be looked at cannot be failed over either: the drill looks before it acts.',
    'Attach the policy that `dr-drill iam-policy <drill>` prints.',
  );

const noAnswer = (subject: string, text: string): Finding =>
  blocker(
    subject,
    `${subject} cannot be looked at: ${text}`,
    'A drill begins with a healthy system; nobody can tell whether this is one.',
    'Check the network and the region, and look again.',
  );

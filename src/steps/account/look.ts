import { isAwsError } from '../../aws/aws.ts';
import { DrillError, isPassing } from '../../errors.ts';
import type { NeedKind, NeedOf } from '../needs.ts';
import type { Permission, StepContext } from '../step.ts';
import { blocker, type Finding } from './findings.ts';

/** What looks need: nothing here changes anything. */
export interface LookContext
  extends Pick<
    StepContext,
    'aws' | 'channels' | 'clock' | 'dns' | 'failure' | 'kafka' | 'kubernetes' | 'redis' | 'session' | 'signal' | 'sql'
  > {
  account: string;
  /** The run ends before its first change, so what only changes need is not asked for. */
  readsOnly: boolean;
  /** How long a database, a cache or a cluster is asked again while nobody answers: as long as in a run by default. */
  patienceMs?: number;
}

/** How one kind of need is looked at. */
export interface LookFor<K extends NeedKind> {
  calls(need: NeedOf<K>): readonly string[];
  permissions(need: NeedOf<K>, account: string): Permission[];
  /** What is looked at, for messages. */
  subject(need: NeedOf<K>): string;
  look(need: NeedOf<K>, context: LookContext): Promise<Look>;
}

/**
 * How long a preflight repeats a look that fails: longer than throttling and stuck connections usually last. That nobody answers
 * is itself something that it finds.
 */
export const PATIENCE_MS = 75_000;

/** Why a channel that does not work matters. */
export const NOT_TOLD = 'People would get no messages about the drill through it. The drill itself continues.';

/** One fact, as the topology says it and as the account does. */
export interface Row {
  what: string;
  topology: string;
  account: string;
  /** What is wrong with it. */
  led?: readonly Finding[];
}

/** What one look gave: the facts side by side, and what is wrong with them. */
export interface Look {
  rows: Row[];
  findings: Finding[];
  /** Exact names of resources that a permission knows by a pattern only. */
  arns?: string[];
}

/** One fact, with what is wrong with it. */
export const fact = (row: Row, findings: Finding[] = []): Look => ({ rows: [row], findings });

/** Several looks as one; what two of them say alike stands there once. Of one fact alone, all findings are about it. */
export const together = (looks: readonly Look[]): Look => ({
  rows: merged(looks.flatMap(rowsWithFindings)),
  findings: unlike(looks.flatMap(({ findings }) => findings)),
  arns: looks.flatMap(({ arns }) => arns ?? []),
});

function rowsWithFindings({ rows, findings }: Look): Row[] {
  const [row] = rows;
  return row === undefined || rows.length > 1 || row.led || findings.length === 0 ? rows : [{ ...row, led: findings }];
}

/** The same fact, seen by several looks, led to what each of them says. */
function merged(rows: readonly Row[]): Row[] {
  const known = new Map<string, Row>();
  for (const { led = [], ...row } of rows) {
    const key = JSON.stringify(row);
    const all = unlike([...(known.get(key)?.led ?? []), ...led]);
    known.set(key, all.length > 0 ? { ...row, led: all } : row);
  }
  return [...known.values()];
}

const unlike = <T>(all: readonly T[]): T[] => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];

/** A fact that the topology says nothing about. */
export const UNSAID = '–';

const AGAIN_MS = 2_000;

/** Whether RDS itself says that there is no such instance: to ask again brings nothing. */
const isNowhere = (error: unknown): boolean => error instanceof Error && isAwsError(error.cause, 'DBInstanceNotFound');

/** Asks a database, a cache or a cluster, again while nobody answers; the way to AWS is patient by itself. */
export async function answered<T>(
  ask: () => Promise<T>,
  { clock, signal, patienceMs = PATIENCE_MS }: Pick<LookContext, 'clock' | 'signal' | 'patienceMs'>,
): Promise<T> {
  const untilMs = clock.nowMs() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!hasNoAnswer(error) || isNowhere(error) || clock.nowMs() >= untilMs) throw error;
      await clock.sleep(AGAIN_MS, signal);
    }
  }
}

/** Looks. Where that is not allowed, nobody answers, or the answer is an error, this itself is a finding. */
export async function looked(
  subject: string,
  look: () => Promise<Look>,
  { signal }: Pick<LookContext, 'signal'>,
): Promise<Look> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    if (isDefect(error)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (isRefused(error)) return { rows: [], findings: [notAllowed(subject, text)] };
    const hint = error instanceof DrillError ? error.hint : undefined;
    return { rows: [], findings: [noAnswer(subject, text, hint)] };
  }
}

/** What only a mistake of ours throws. */
const isDefect = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;

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
    `cannot read ${subject}: ${text}`,
    'A resource that cannot be read cannot be failed over: the drill reads before it changes anything.',
    'Attach the policy that `dr-drill iam-policy <drill>` prints.',
  );

const noAnswer = (subject: string, text: string, hint = 'Check the network and the region, and look again.'): Finding =>
  blocker(subject, `cannot read ${subject}: ${text}`, 'A drill needs a healthy system; this check is missing.', hint);
/** A list that may refuse the name of something that is not there. */
export async function orNone<T>(ask: Promise<T[]>, ...notFound: string[]): Promise<T | undefined> {
  try {
    return (await ask)[0];
  } catch (error) {
    if (isAwsError(rootOf(error), ...notFound)) return undefined;
    throw error;
  }
}

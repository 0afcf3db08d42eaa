import { isoTime } from '../../clock/clock.ts';
import { inWords } from '../../duration.ts';
import type { AwsSession } from '../../ports/session.ts';
import { type Finding, warning } from './findings.ts';
import { type LookFor, UNSAID } from './look.ts';

/** What is left of the AWS session, beside how long the drill usually takes. */
export const sessionLook: LookFor<'aws-session'> = {
  calls: () => [],
  permissions: () => [],
  subject: () => 'AWS session',
  async look({ lastsMs }, { session, clock }) {
    const found = await session?.now();
    if (!found) return { rows: [], findings: [] };
    const nowMs = clock.wallMs();
    const { expiresAtMs, renewsItself } = found;
    const account = renewsItself
      ? 'renews itself'
      : expiresAtMs === undefined
        ? UNSAID
        : `ends at ${isoTime(expiresAtMs)}, in ${inWords(Math.max(0, expiresAtMs - nowMs))}`;
    const row = { what: 'AWS session', topology: `longer than about ${inWords(lastsMs)}`, account };
    return { rows: [row], findings: sessionFindings(found, { nowMs, lastsMs }) };
  },
};

/** Whether the session outlasts the drill; a run pauses where it does not. */
export function sessionFindings(
  { expiresAtMs, renewsItself, renewal }: AwsSession,
  { nowMs, lastsMs }: { nowMs: number; lastsMs: number },
): Finding[] {
  if (renewsItself || expiresAtMs === undefined || expiresAtMs - nowMs >= lastsMs) return [];
  const left = inWords(Math.max(0, expiresAtMs - nowMs));
  const what = `the AWS session ends in ${left}; the drill usually takes about ${inWords(lastsMs)}`;
  const why = 'The drill would pause until someone renews the session, and that time counts.';
  return [warning('AWS session', what, why, `Renew it before the drill: ${renewal}`)];
}

import { inWords } from '../duration.ts';
import type { Answer, Waited } from './answer.ts';

/** Moves of less than this are not told, in milliseconds: two samples of one drill differ by as much. */
const NOTABLE_MS = 5_000;

/** What changed since the last rehearsals of the same drill, in sentences; none where nothing to speak of did. */
export function changesSince(before: Answer, now: Answer): string[] {
  const lines: string[] = [];
  const was = before.passed;
  const is = now.passed;
  if (is.low > was.high || is.high < was.low)
    lines.push(`${percent(is.share)} pass, where ${percent(was.share)} passed on ${before.madeAt.slice(0, 10)}.`);
  const moved = difference(before.rto.p95Ms, now.rto.p95Ms);
  if (moved === undefined || Math.abs(moved) < NOTABLE_MS) return lines;
  const because = stepsThatMoved(before.waitedFor, now.waitedFor, Math.sign(moved));
  const why = because.length === 0 ? '' : `, because ${because.join(', and ')}`;
  lines.push(`The 95th percentile of the RTO ${moved > 0 ? 'grew' : 'fell'} by ${inWords(Math.abs(moved))}${why}.`);
  return lines;
}

const difference = (before: number | null, now: number | null): number | undefined =>
  before === null || now === null ? undefined : now - before;

/** The steps whose own 95th percentile moved most in that direction. */
function stepsThatMoved(before: readonly Waited[], now: readonly Waited[], direction: number): string[] {
  const known = new Map(before.map((one) => [one.step, one]));
  return now
    .map(({ step, p95Ms }) => ({ step, byMs: (p95Ms - (known.get(step)?.p95Ms ?? 0)) * direction }))
    .filter(({ byMs }) => byMs >= NOTABLE_MS)
    .sort((a, b) => b.byMs - a.byMs)
    .slice(0, 2)
    .map(({ step, byMs }) =>
      known.has(step)
        ? `${step} took ${inWords(byMs)} ${direction > 0 ? 'longer' : 'less'}`
        : `${step} was not waited for before`,
    );
}

/** As people read a share: 97.3 %. All and nothing are said of all and nothing only. */
export function percent(share: number): string {
  const shown = (share * 100).toFixed(1);
  if (share < 1 && shown === '100.0') return 'over 99.9 %';
  if (share > 0 && shown === '0.0') return 'under 0.1 %';
  return `${shown.replace(/\.0$/, '')} %`;
}

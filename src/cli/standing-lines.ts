import type pc from 'picocolors';
import { runInWords, type Standing } from '../calendar/standing.ts';

/** How each exercise stands, a line each, with the names of the drills below each other. */
export function standingLines<S extends Standing>(
  standings: readonly S[],
  colours: ReturnType<typeof pc.createColors>,
  beneath: (standing: S) => string[] = () => [],
): string[] {
  const width = Math.max(0, ...standings.map(({ drill }) => drill.length)) + 2;
  return standings.flatMap((one) => [told(one, width, colours), ...beneath(one)]);
}

function told(
  { drill, state, lastRun, dueBy, owner, counts }: Standing,
  width: number,
  { bold, dim, green, red, yellow }: ReturnType<typeof pc.createColors>,
): string {
  const looks = { done: green, waiting: dim, due: yellow, overdue: red }[state];
  const last = lastRun ? `last ${runInWords(lastRun)}` : `never ${counts === 'live' ? 'live' : 'run'}`;
  const when = state === 'overdue' ? `was due by ${dueBy}` : state === 'due' ? `due by ${dueBy}` : `next by ${dueBy}`;
  return `${looks(state.padEnd(9))}${bold(drill.padEnd(width))}${when}, ${last}${owner === null ? '' : `, ${owner}`}`;
}

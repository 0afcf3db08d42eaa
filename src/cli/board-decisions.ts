import { userInfo } from 'node:os';
import type { FollowedRun } from '../board/runs.ts';
import type { Decide, PostedDecision } from '../board/serve.ts';
import { realClock } from '../clock/real-clock.ts';
import { proofByKey } from '../live/identity.ts';
import { leaveAnswer, leaveContinuation } from '../live/people.ts';
import { proverFor } from './prove.ts';

/** Stands for the AWS identity of the board's process, where others name a key. */
const AWS = 'aws';

/**
 * Leaves what is decided on the board for the runs that wait for it, signed as the one person who started the board. Only runs whose topology
 * names people can be decided on: everywhere else nobody could tell who decided.
 */
export function decisionsAs(as: string): Decide {
  const key = as === AWS ? undefined : as;
  // A key that cannot be used is told now, not when someone decides.
  if (key !== undefined) proofByKey('', key);
  return {
    mayDecide: ({ state }) => state.header?.mode === 'live' && state.topology?.people !== undefined,
    take: (run, decision) => take(run, decision, key),
  };
}

async function take(run: FollowedRun, decision: PostedDecision, key: string | undefined): Promise<string> {
  const { topology } = run.state;
  const prove = topology && proverFor(topology, { key });
  const said = { by: userInfo().username, atMs: realClock().wallMs(), through: 'board' as const };
  if (decision.kind === 'answer') {
    const { step, item, role, approves, why } = decision;
    const answer = { ...said, step, role, approves, ...(item !== undefined && { item }) };
    await leaveAnswer(run.path, { ...answer, ...(why !== undefined && { reason: why }) }, prove);
    return 'Signed, and left for the run.';
  }
  const { choice, step, why } = decision;
  const word = { ...said, choice, ...(step !== undefined && { step }), ...(why !== undefined && { why }) };
  await leaveContinuation(run.path, word, prove);
  return `Signed, and left for the run. If the run does not continue within seconds, no process leads it; resume it: dr-drill resume ${run.path}`;
}

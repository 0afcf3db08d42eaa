import type { Clock } from '../clock/clock.ts';
import type { Clocks, Entry, EventOf, Joined } from '../journal/events.ts';
import { wallAheadMs } from './wall-clock.ts';

/** Uptime is told in hundredths of a second, twice. */
const UPTIME_ERROR_MS = 20;
/** AWS tells the time in whole seconds, some time before its answer is here, twice. */
const AWS_ERROR_MS = 2_000;
/** So much may two quartz clocks differ, as a share of the time since AWS's clock was read. */
const QUARTZ_SHARE = 1e-4;

/**
 * What the clocks say as a process takes a run up, for the next one to continue from; nothing, in virtual time.
 * @param clock the run's own
 * @param awsNowMs AWS's clock, as far as its answers have told
 */
export function clocksNow(clock: Clock, awsNowMs: number | undefined): Clocks | undefined {
  if (!clock.mayBeSet) return undefined;
  const uptime = clock.uptime();
  return {
    ...(uptime && { boot: uptime.boot, uptimeMs: uptime.ms }),
    ...(awsNowMs !== undefined && { awsAheadMs: awsNowMs - clock.nowMs() }),
  };
}

/**
 * Where the steady time of the run stands now: the ended process's time continues by the uptime of the machine where that is of the same
 * boot and AWS's clock does not contradict it, by the wall clock where AWS's agrees, and by AWS's own otherwise. It never goes back.
 * @param clock of this process, before anything is joined
 */
export function joinedNow(
  entries: readonly Entry[],
  clock: Clock,
  awsNowMs: number | undefined,
): { nowMs: number; joined: Joined | undefined } {
  const life = entries.findLast(
    (entry): entry is EventOf<'run-started' | 'run-resumed'> =>
      entry.type === 'run-resumed' || entry.type === 'run-started',
  );
  const last = entries.at(-1);
  if (!life || !last) return { nowMs: clock.nowMs(), joined: undefined };
  const { boot, uptimeMs, awsAheadMs } = life.clocks ?? {};
  const [begunMs, lastMs] = [Date.parse(life.at), Date.parse(last.at)];
  const livedMs = lastMs - begunMs;
  const uptime = clock.uptime();

  const byWall = clock.wallMs() - (lastMs + wallAheadMs(entries));
  const byAws = awsNowMs === undefined || awsAheadMs === undefined ? undefined : awsNowMs - (lastMs + awsAheadMs);
  const isSameBoot = uptime !== undefined && uptime.boot === boot && uptimeMs !== undefined;
  const byUptime = isSameBoot ? uptime.ms - (uptimeMs + livedMs) : undefined;

  const awsErrorMs = AWS_ERROR_MS + Math.round(QUARTZ_SHARE * (livedMs + Math.max(0, byWall)));
  const agrees = (deadMs: number) => byAws !== undefined && Math.abs(deadMs - byAws) <= awsErrorMs;
  const join = (by: Joined['by'], deadMs: number, errorMs: number) => ({
    nowMs: lastMs + Math.max(0, deadMs),
    joined: { by, errorMs },
  });
  if (byUptime !== undefined && byUptime >= -UPTIME_ERROR_MS && (byAws === undefined || agrees(byUptime)))
    return join('uptime', byUptime, UPTIME_ERROR_MS);
  if (byAws === undefined) return join('wall alone', byWall, Math.abs(byWall));
  return agrees(byWall) ? join('wall', byWall, awsErrorMs) : join('aws', byAws, awsErrorMs);
}

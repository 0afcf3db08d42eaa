import type { Drill } from '../drill/drill.ts';
import { inWords } from '../duration.ts';
import type { ProbeResult } from '../journal/events.ts';
import { contextFor, type Workplace } from './workplace.ts';

const LOOK_EVERY_MS = 5_000;

/** The name under which the journal files what is asked for it. */
const WATCH = 'stop-conditions';

/**
 * Looks, until stopped, whether something says that the drill must not go on; gives what, in words. A look that fails says nothing:
 * an alarm that cannot be read in a disaster is no reason to give up a recovery.
 */
export async function stopConditionMet({ stop }: Drill, workplace: Workplace, signal: AbortSignal): Promise<string> {
  const context = contextFor(WATCH, workplace, signal);
  const { clock } = workplace;
  const startedMs = Date.parse(workplace.entries()[0]?.at ?? '');
  for (;;) {
    const endMs = startedMs + (stop?.maximumDuration ?? Number.POSITIVE_INFINITY);
    if (clock.nowMs() >= endMs) return `the drill has lasted longer than ${inWords(endMs - startedMs)}`;
    for (const alarm of stop?.alarms ?? []) {
      const answer = await context.aws
        .call('cloudwatch', alarm.region, 'DescribeAlarms', { AlarmNames: [alarm.name] })
        .catch(() => undefined);
      signal.throwIfAborted();
      const found = answer?.MetricAlarms?.find(({ AlarmName }) => AlarmName === alarm.name);
      if (found?.StateValue === 'ALARM') return `the alarm ${alarm.name} in ${alarm.region} is in alarm`;
    }
    const unserved = stop?.served && tooFewServed(workplace.probed, stop.served, clock.nowMs());
    if (unserved) return unserved;
    await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(0, endMs - clock.nowMs())), signal);
  }
}

/** Of what the watched customer met lately: nothing, before that time has passed once. */
function tooFewServed(
  probed: readonly ProbeResult[],
  { atLeast, over }: { atLeast: number; over: number },
  nowMs: number,
): string | undefined {
  const first = probed[0];
  if (!first || first.at > nowMs - over) return undefined;
  const lately = probed.filter(({ at }) => at > nowMs - over);
  if (lately.length === 0) return undefined;
  const share = lately.filter(({ ok }) => ok).length / lately.length;
  if (share >= atLeast) return undefined;
  return `${(share * 100).toFixed(0)} % of the customer's requests were served over ${inWords(over)}, where ${(atLeast * 100).toFixed(0)} % are wanted`;
}

import { join } from 'node:path';
import type { FollowUps } from '../calendar/follow-ups.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import type { RunRecord } from '../history/record.ts';
import { lastEntries } from '../journal/last-entries.ts';
import { actionsIn, debriefText } from './debriefs.ts';

const DAY = 86_400_000;

/** What people owe after runs on the real account, since a day. A rehearsal needs no debrief; the actions of one that was debriefed count. */
export function followUpsIn(
  runs: string,
  records: readonly RunRecord[],
  { since, nowMs }: { since: string; nowMs: number },
): FollowUps {
  const counted = records.filter(({ madeAt }) => madeAt >= since).sort((a, b) => (a.run < b.run ? -1 : 1));
  const debriefs = counted.flatMap(({ run, drill, rehearsal, madeAt }) => {
    if (rehearsal || debriefText(join(runs, run)) !== '') return [];
    const endedAt = endOf(join(runs, run)) ?? madeAt;
    return Date.parse(endedAt) + DAY <= nowMs ? [{ run, drill, endedAt }] : [];
  });
  const drills = new Map(counted.map(({ run, drill }) => [run, drill]));
  const actions = [...actionsIn(runs, (run) => drills.has(run))].flatMap(([run, all]) =>
    all.flatMap(({ id, action, owner, due, isClosed }) =>
      isClosed || Date.parse(due) + DAY > nowMs ? [] : [{ run, drill: drills.get(run) ?? '', id, action, owner, due }],
    ),
  );
  return { debriefs, actions };
}

function endOf(folder: string): string | undefined {
  try {
    return lastEntries(join(folder, JOURNAL))?.last.at;
  } catch {
    return undefined;
  }
}

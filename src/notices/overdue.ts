import type { Standing } from '../calendar/standing.ts';
import type { Notice } from './notice.ts';

/** That a drill of the schedule is overdue. It is told anew each time it is asked for, as a reminder. */
export function overdueNotice(
  { drill, title, dueBy, owner, counts, lastRun }: Standing,
  { path, at }: { path: string; at: string },
): Notice {
  const last = lastRun ? `${lastRun.at.slice(0, 10)}, ${lastRun.mode}, ${lastRun.outcome}` : 'none';
  return {
    about: 'overdue',
    key: `overdue/${at}`,
    at,
    says: `${title} is overdue since ${dueBy}`,
    urgent: true,
    facts: [
      { name: 'Owner', text: owner ?? 'nobody is named in the schedule' },
      { name: counts === 'live' ? 'Last live run' : 'Last run', text: last },
      { name: 'Next step', text: `dr-drill run ${path}${counts === 'live' ? ' --live' : ''}`, isCode: true },
    ],
    subject: { id: `dr-drill/overdue/${drill}/${dueBy}`, mark: `DRILL ${drill}` },
  };
}

import { actionInWords, debriefInWords, type LateDebrief, type OverdueAction } from '../calendar/follow-ups.ts';
import type { Standing } from '../calendar/standing.ts';
import type { Notice } from './notice.ts';

/** That a drill of the schedule is overdue. It is told again each time it is asked for, as a reminder. */
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
      { name: 'Owner', text: owner ?? 'not named in the schedule' },
      { name: counts === 'live' ? 'Last live run' : 'Last run', text: last },
      { name: 'Next step', text: `dr-drill run ${path}${counts === 'live' ? ' --live' : ''}`, isCode: true },
    ],
    subject: { id: `dr-drill/overdue/${drill}/${dueBy}`, mark: `DRILL ${drill}` },
  };
}

/** That nobody has debriefed a live run within 24 hours. */
export const lateDebriefNotice = (debrief: LateDebrief, { folder, at }: { folder: string; at: string }): Notice => ({
  about: 'overdue',
  key: `overdue/debrief/${at}`,
  at,
  says: `Overdue: ${debriefInWords(debrief)}`,
  urgent: false,
  facts: [{ name: 'Next step', text: `dr-drill debrief ${folder}`, isCode: true }],
  subject: { id: `dr-drill/overdue/debrief/${debrief.run}`, mark: `DRILL ${debrief.drill}` },
});

/** That the day of an action of a debrief has passed. */
export const overdueActionNotice = (action: OverdueAction, { folder, at }: { folder: string; at: string }): Notice => ({
  about: 'overdue',
  key: `overdue/action/${at}`,
  at,
  says: `Overdue: ${actionInWords(action)}`,
  urgent: false,
  facts: [
    { name: 'Owner', text: action.owner },
    { name: 'When done', text: `dr-drill debrief ${folder} --close ${action.id}`, isCode: true },
  ],
  subject: { id: `dr-drill/overdue/action/${action.run}/${action.id}`, mark: `DRILL ${action.drill}` },
});

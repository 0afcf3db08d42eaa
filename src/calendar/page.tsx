import { pageOf } from '../report/page.tsx';
import { Table } from '../report/table.tsx';
import { type Coverage, type Covered, reached } from './coverage.ts';
import { actionInWords, debriefInWords, type FollowUps } from './follow-ups.ts';
import { runInWords, type Standing } from './standing.ts';
import type { Month, Planned } from './year.ts';

/** What the page shows of a schedule on a day. */
export interface CalendarPage extends FollowUps {
  schedule: string;
  /** ISO day. */
  day: string;
  standings: readonly Standing[];
  months: readonly Month[];
  /** Drills that are due every week. */
  weekly: readonly string[];
  coverage: Coverage;
}

/** A schedule as one page that needs nothing else: what is due, the year ahead, and what the last one reached. */
export const calendarPage = (shown: CalendarPage): string =>
  pageOf(`Calendar of drills: ${shown.schedule}`, <Page {...shown} />, { css: calendarCss });

function Page({ schedule, day, standings, months, weekly, coverage, debriefs, actions }: CalendarPage) {
  const count = (state: Standing['state']) => standings.filter((one) => one.state === state).length;
  return (
    <>
      <header class="masthead">
        <h1>Calendar of drills: {schedule}</h1>
        <p class="quiet">
          {`On ${day}: ${count('overdue')} overdue, ${count('due')} due, ${count('done')} done, ${count('waiting')} not due yet. All days are in UTC.`}
        </p>
      </header>
      <main>
        <ToDo standings={standings} debriefs={debriefs} actions={actions} />
        <Year months={months} weekly={weekly} />
        <Reached coverage={coverage} />
      </main>
    </>
  );
}

const urgency = { overdue: 0, due: 1, done: 2, waiting: 3 } as const;

function ToDo({ standings, debriefs, actions }: Pick<CalendarPage, 'standings' | keyof FollowUps>) {
  const open = standings
    .filter(({ state }) => state === 'overdue' || state === 'due')
    .sort((a, b) => urgency[a.state] - urgency[b.state] || (a.dueBy < b.dueBy ? -1 : 1));
  const owed = [...debriefs.map(debriefInWords), ...actions.map(actionInWords)];
  return (
    <section aria-labelledby="to-do">
      <h2 id="to-do">To do now</h2>
      {open.length + owed.length === 0 && <p>Nothing is due.</p>}
      {open.length > 0 && (
        <Table
          caption="Drills and reviews that are due or overdue"
          rows={open}
          columns={[
            { title: 'Drill', cell: ({ drill }) => drill },
            { title: 'State', cell: ({ state }) => <State of={state} /> },
            { title: 'Due by', isNumber: true, cell: ({ dueBy }) => dueBy },
            { title: 'Counts', cell: ({ counts }) => (counts === 'live' ? 'live run' : 'rehearsal or live run') },
            { title: 'Last run', cell: ({ lastRun }) => (lastRun === null ? 'never' : runInWords(lastRun)) },
            { title: 'Owner', cell: ({ owner }) => owner ?? '–' },
          ]}
        />
      )}
      {owed.length > 0 && (
        <>
          <h3>Overdue after live runs</h3>
          <ul class="plain">
            {owed.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const Year = ({ months, weekly }: Pick<CalendarPage, 'months' | 'weekly'>) => (
  <section aria-labelledby="year">
    <h2 id="year">The next twelve months</h2>
    {weekly.length > 0 && <p>{`Every week: ${weekly.join(', ')}.`}</p>}
    <div class="months">
      {months.map(({ month, exercises }) => (
        <section key={month} class="month" aria-labelledby={`month-${month}`}>
          <h3 id={`month-${month}`}>{monthInWords(month)}</h3>
          {exercises.length === 0 && <p class="quiet">Nothing is planned.</p>}
          <ol>
            {exercises.map((one) => (
              <li key={`${one.drill} ${one.from} ${one.to}`}>
                <span class="days">{daysOf(one, month)}</span>
                <span>
                  {one.drill} {one.counts === 'live' && <span class="live">live</span>}
                </span>
                {one.state !== 'planned' && <State of={one.state} />}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  </section>
);

const looks = { done: 'good', due: 'warn', overdue: 'bad', missed: 'bad', planned: 'quiet', waiting: 'quiet' } as const;

const State = ({ of }: { of: keyof typeof looks }) => <span class={looks[of]}>{of}</span>;

const monthInWords = (month: string): string =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The days within the month; where it continues beyond it, until when. */
function daysOf({ from, to }: Planned, month: string): string {
  const first = from.slice(0, 7) === month ? Number(from.slice(8)) : 1;
  return to.slice(0, 7) === month ? `${first}–${Number(to.slice(8))}` : `to ${to.slice(5)}`;
}

const Reached = ({ coverage }: { coverage: Coverage }) => (
  <section aria-labelledby="reached">
    <h2 id="reached">What the last year reached</h2>
    <dl class="facts">
      {Object.entries(coverage).flatMap(([what, all]: [string, Covered[]]) =>
        (['live', 'rehearsed', 'not reached'] as const).flatMap((how) => {
          const names = all.filter((one) => reached(one, what) === how).map(({ name }) => name);
          return names.length === 0
            ? []
            : [
                <dt key={`${what} ${how}`}>{`${what}, ${how}`}</dt>,
                <dd key={`${what} ${how} names`} class={how === 'not reached' ? 'bad' : ''}>
                  {names.join(', ')}
                </dd>,
              ];
        }),
      )}
    </dl>
  </section>
);

const calendarCss = `
.months { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1.25rem; }
.month { margin: 0; border: 1px solid var(--line); border-radius: 8px; padding: 0.9rem 1rem; min-width: 0; }
.month h3 { margin: 0 0 0.5rem; }
.month ol { list-style: none; margin: 0; padding: 0; font-size: 0.9rem; }
.month li { display: grid; grid-template-columns: 4.2rem 1fr auto; gap: 0.5rem; padding: 0.2rem 0; border-top: 1px solid var(--line); }
.month .days { color: var(--quiet); }
.month .live { padding: 0 0.35rem; border: 1px solid var(--line-strong); border-radius: 4px; font-size: 0.8rem; }
@media (max-width: 26rem) { .months { grid-template-columns: 1fr; } }
`;

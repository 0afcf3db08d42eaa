import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { type Covered, coverageOf, reached } from '../calendar/coverage.ts';
import type { Named } from '../calendar/standing.ts';
import { yearAhead } from '../calendar/year.ts';
import { isoTime } from '../clock/clock.ts';
import { readDrill } from '../drill/load.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { withoutSecretsIn } from '../secrets.ts';
import { exitCodes } from './exit-codes.ts';
import { followUpsIn } from './follow-ups.ts';
import { standingLines } from './standing-lines.ts';
import { dayFrom, standingsIn } from './standings.ts';
import type { Terminal } from './terminal.ts';

export interface CalendarCommandOptions {
  runs: string;
  /** ISO day to look from, instead of today. */
  at?: string;
  ics?: string;
  html?: string;
  json?: boolean;
}

/** Shows which drills of a schedule are done, due and overdue, and what the last year reached. Gives 1 where one is overdue. */
export async function calendarCommand(
  path: string,
  options: CalendarCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const nowMs = dayFrom(options.at);
  const { schedule, loaded, records, standings } = standingsIn(path, options.runs, nowMs);
  const drills = loaded.map(({ drill }) => drill);
  const around = drillsBeside(schedule.exercises.map(({ drill }) => drill));
  const controls = [...drills, ...around].flatMap((drill) => drill.controls);
  const coverage = coverageOf([...drills, ...around], controls, records, nowMs);
  if (options.ics !== undefined) {
    const { toICalendar } = await import('../calendar/icalendar.ts');
    writeFileSync(options.ics, toICalendar(schedule, standings, nowMs));
  }
  if (options.html !== undefined) {
    const { calendarPage } = await import('../calendar/page.tsx');
    const followUps = withoutSecretsIn(followUpsIn(options.runs, records, { since: schedule.since, nowMs }));
    const months = yearAhead(schedule, drills, records, nowMs);
    const weekly = schedule.exercises.flatMap(({ every }, index) =>
      every === 'week' ? [drills[index]?.drill ?? ''] : [],
    );
    const day = isoTime(nowMs).slice(0, 10);
    writeFileSync(
      options.html,
      calendarPage({ ...followUps, weekly, schedule: schedule.schedule, day, standings, months, coverage }),
    );
  }
  if (options.json) terminal.asIs(`${JSON.stringify({ schedule: schedule.schedule, standings, coverage }, null, 2)}\n`);
  else {
    const colours = pc.createColors(terminal.colour);
    for (const line of standingLines(standings, colours)) terminal.out(`${line}\n`);
    terminal.out('\nThe last year\n');
    for (const [what, all] of Object.entries(coverage)) terminal.out(`${covered(what, all, colours).join('\n')}\n`);
    const written = [options.ics, options.html].filter((one) => one !== undefined);
    if (written.length > 0) terminal.out(`\nCalendar  ${written.join(', ')}\n`);
  }
  return standings.some(({ state }) => state === 'overdue') ? exitCodes['target-missed'] : exitCodes.passed;
}

/** Drills that are beside those of the schedule: what is not on it should show. */
function drillsBeside(paths: readonly string[]): (Named & { controls: string[] })[] {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => join(folder, name)),
  );
  return files.flatMap((file) => readDrill(file, { vocabulary: vocabularyWithoutModules }).value?.drill ?? []);
}

/** What the year reached, and what it did not, which a rehearsal of a control is too little for. */
function covered(what: string, all: readonly Covered[], { dim, red }: ReturnType<typeof pc.createColors>): string[] {
  const rows = (['live', 'rehearsed', 'not reached'] as const).flatMap((how) => {
    const names = all.filter((one) => reached(one, what) === how).map(({ name }) => name);
    return names.length === 0 ? [] : [`${(how === 'not reached' ? red : dim)(how.padEnd(13))}${names.join(', ')}`];
  });
  return (rows.length > 0 ? rows : [dim('nothing')]).map(
    (row, index) => `  ${(index === 0 ? what : '').padEnd(10)}${row}`,
  );
}

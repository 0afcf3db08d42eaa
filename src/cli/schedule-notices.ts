import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { runbookByHand } from '../by-hand/runbook.ts';
import { occurrencesBetween } from '../calendar/occurrences.ts';
import { isoTime } from '../clock/clock.ts';
import { surpriseOf } from '../drill/candidates.ts';
import type { LoadedDrill } from '../drill/load.ts';
import type { Topology } from '../drill/topology.ts';
import { appendLine } from '../journal/append-line.ts';
import { type Announced, announcementOf } from '../notices/announcement.ts';
import type { Notice } from '../notices/notice.ts';
import { lateDebriefNotice, overdueActionNotice, overdueNotice } from '../notices/overdue.ts';
import { mostBytes, readText } from '../read-file.ts';
import { withoutSecretsIn } from '../secrets.ts';
import { followUpsIn } from './follow-ups.ts';
import { standingsIn } from './standings.ts';

const DAY = 86_400_000;

/** A notice for the channels of a topology. */
export interface Addressed {
  topology: Topology;
  notice: Notice;
}

/** What is overdue: drills of the schedule, and what people owe after runs of these drills. */
export function overdueIn(path: string, runs: string, nowMs: number): Addressed[] {
  const { schedule, standings, loaded, records } = standingsIn(path, runs, nowMs);
  const at = isoTime(nowMs);
  const { debriefs, actions } = withoutSecretsIn(followUpsIn(runs, records, { since: schedule.since, nowMs }));
  const owed = [
    ...debriefs.map((one) => ({ ...one, notice: lateDebriefNotice(one, { folder: join(runs, one.run), at }) })),
    ...actions.map((one) => ({ ...one, notice: overdueActionNotice(one, { folder: join(runs, one.run), at }) })),
  ];
  return [
    ...standings.flatMap((standing, index) => {
      const one = loaded[index];
      if (standing.state !== 'overdue' || !one) return [];
      return [{ topology: one.topology, notice: overdueNotice(standing, { path: one.path, at }) }];
    }),
    ...owed.flatMap(({ drill, notice }) => {
      const of = loaded.find((one) => one.drill.drill === drill);
      return of ? [{ topology: of.topology, notice }] : [];
    }),
  ];
}

/**
 * Live drills whose time begins within a week. A surprise is never announced, and what is due every week is known. A dry run changes
 * nothing that anyone must be told of.
 */
export function announcementsIn(path: string, runs: string, nowMs: number): Addressed[] {
  const { schedule, loaded } = standingsIn(path, runs, nowMs);
  return schedule.exercises.flatMap((exercise, index) => {
    const one = loaded[index];
    if (!one || exercise.counts !== 'live' || exercise.every === 'week' || surpriseOf(one.drill)) return [];
    const fromMs = Math.max(nowMs, Date.parse(schedule.since) - 1);
    const next = occurrencesBetween(exercise, fromMs, nowMs + 7 * DAY + 1).find(({ windowMs }) => windowMs[0] > nowMs);
    if (!next) return [];
    const [from, to] = [next.windowMs[0], next.windowMs[1] - 1].map((ms) => isoTime(ms).slice(0, 10)) as [
      string,
      string,
    ];
    const announced = announcedBy(one, { from, to, owner: exercise.owner ?? null });
    return [{ topology: one.topology, notice: announcementOf(announced, isoTime(nowMs)) }];
  });
}

function announcedBy(
  { drill, topology, path }: Pick<LoadedDrill, 'drill' | 'topology'> & { path: string },
  when: Pick<Announced, 'from' | 'to' | 'owner'>,
): Announced {
  const { title, account, regions, targets, phases, escalation, rollback } = runbookByHand(drill, topology);
  return {
    ...when,
    drill: drill.drill,
    title,
    path: relative('', path),
    topology: topology.topology,
    account,
    regions,
    targets,
    phases: phases.map(({ phase }) => phase),
    roles: escalation,
    stakeholders: Object.values(topology.people ?? {}).map(({ name }) => name),
    rollback: rollbackInWords(rollback),
  };
}

function rollbackInWords({ undone, heldAfter }: ReturnType<typeof runbookByHand>['rollback']): string {
  if (undone.length === 0 && heldAfter.length === 0) return 'nothing is changed';
  const held =
    heldAfter.length === 0 ? '' : `; not after ${heldAfter.map(({ step }) => step).join(', ')}: a person decides`;
  return `a failed step undoes ${undone.length} ${undone.length === 1 ? 'step' : 'steps'}${held}`;
}

const toldSchema = z.object({ key: z.string(), channel: z.string(), state: z.string() });

/** What was announced over which channel, so that nobody is told twice. A message that may have arrived counts as told. */
export function announcedIn(runs: string) {
  const path = join(runs, 'announced.jsonl');
  const nameOf = (key: string, channel: string) => `${key} ${channel}`;
  const states = new Map<string, string>();
  for (const line of existsSync(path) ? readText(path, mostBytes.record).split('\n') : []) {
    const told = toldSchema.safeParse(parsed(line));
    if (told.success) states.set(nameOf(told.data.key, told.data.channel), told.data.state);
  }
  return {
    isTold: (key: string, channel: string): boolean =>
      !['failed', undefined].includes(states.get(nameOf(key, channel))),
    note(key: string, channel: string, state: string, at: string): void {
      mkdirSync(runs, { recursive: true });
      appendLine(path, JSON.stringify({ at, key, channel, state }));
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

import { existsSync } from 'node:fs';
import { type Standing, standingsOf } from '../calendar/standing.ts';
import { realClock } from '../clock/real-clock.ts';
import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { loadSchedule } from '../drill/load-schedule.ts';
import type { Schedule } from '../drill/schedule.ts';
import { DrillError } from '../errors.ts';
import { recordsIn } from '../history/index-file.ts';
import type { RunRecord } from '../history/record.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { withoutSecrets, withoutSecretsIn } from '../secrets.ts';

interface Standings {
  schedule: Schedule;
  /** The drill of each exercise, with its file. */
  loaded: (Pick<LoadedDrill, 'drill' | 'topology'> & { path: string })[];
  records: readonly RunRecord[];
  standings: Standing[];
}

/** How each exercise of a schedule stands at an instant. What it says goes to other programs and people: secrets are taken out. */
export function standingsIn(path: string, runs: string, nowMs: number): Standings {
  const { exercises, ...rest } = loadSchedule(path);
  const schedule = {
    ...withoutSecretsIn(rest),
    exercises: exercises.map(({ owner, ...one }) => ({
      ...one,
      ...(owner !== undefined && { owner: withoutSecrets(owner) }),
    })),
  };
  const loaded = schedule.exercises.map(({ drill: file }) => {
    const { drill, topology } = loadDrill(file, { vocabulary: vocabularyWithoutModules });
    return { path: file, drill: withoutSecretsIn(drill), topology };
  });
  const records = existsSync(runs) ? recordsIn(runs).records : [];
  const drills = loaded.map(({ drill }) => drill);
  return { schedule, loaded, records, standings: standingsOf(schedule, drills, records, nowMs) };
}

/** The instant of `--at`; now by default. */
export function dayFrom(at: string | undefined): number {
  const ms = at === undefined ? realClock().wallMs() : Date.parse(at);
  if (!Number.isNaN(ms)) return ms;
  throw new DrillError('usage', `--at ${at} is no day.`, { hint: 'Such as --at 2026-11-23.' });
}

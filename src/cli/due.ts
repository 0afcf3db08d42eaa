import { join, relative } from 'node:path';
import pc from 'picocolors';
import { actionInWords, debriefInWords, type FollowUps } from '../calendar/follow-ups.ts';
import type { Standing } from '../calendar/standing.ts';
import { loadDrill } from '../drill/load.ts';
import { withoutSecretsIn } from '../secrets.ts';
import { isAsked } from '../telemetry/asked.ts';
import { overdueMetrics } from '../telemetry/metrics.ts';
import { visible } from '../visible.ts';
import type { MetricsTo } from './cloudwatch.ts';
import { dryRun } from './dry-run.ts';
import { exitCodes } from './exit-codes.ts';
import { followUpsIn } from './follow-ups.ts';
import type { Led } from './lead.ts';
import { runningModules } from './own-steps.ts';
import { runsSummary } from './run-many.ts';
import { standingLines } from './standing-lines.ts';
import { dayFrom, standingsIn } from './standings.ts';
import type { Terminal } from './terminal.ts';

export interface DueCommandOptions {
  runs: string;
  /** ISO day to look from, instead of today. */
  at?: string;
  run?: boolean;
  json?: boolean;
  metrics?: MetricsTo;
}

/** An exercise that is due or overdue, with the command that does it. */
interface Due extends Standing {
  path: string;
  command: string;
}

/**
 * Lists what is due or overdue: drills of a schedule, debriefs and actions. With `run`, rehearses the drills for which a rehearsal counts,
 * one after the other; a live run is only named. Gives 1 where something is left to do, and what the worst rehearsal gives.
 */
export async function dueCommand(path: string, options: DueCommandOptions, terminal: Terminal): Promise<number> {
  const led = options.run ? await rehearseDue(dueIn(path, options).drills, options, terminal) : [];
  const { schedule, standings, drills, debriefs, actions } = dueIn(path, options);
  if (options.json) {
    const ran = led.map(({ folder, exitCode, report }) => ({ run: folder, exitCode, outcome: report.outcome }));
    const due = drills.map(({ path: _, ...standing }) => standing);
    terminal.asIs(`${JSON.stringify({ schedule, drills: due, debriefs, actions, ran }, null, 2)}\n`);
  } else {
    if (led.length > 0) terminal.out(`${runsSummary(led, terminal).join('\n')}\n\n`);
    terminal.out(`${dueLines({ drills, debriefs, actions }, options, terminal).join('\n')}\n`);
  }
  if (isAsked(process.env)) {
    const { openTelemetry } = await import('./telemetry.ts');
    const telemetry = await openTelemetry({ tell: (why) => terminal.err(`${why}\n`) });
    await telemetry.close(overdueMetrics(schedule, standings));
  }
  if (options.metrics === 'cloudwatch') await overdueToCloudWatch(path, options, terminal);
  const isLeft = drills.length + debriefs.length + actions.length > 0;
  return Math.max(isLeft ? exitCodes['target-missed'] : exitCodes.passed, ...led.map(({ exitCode }) => exitCode));
}

function dueIn(
  path: string,
  { runs, at }: DueCommandOptions,
): { schedule: string; standings: Standing[]; drills: Due[] } & FollowUps {
  const nowMs = dayFrom(at);
  const { schedule, loaded, records, standings } = standingsIn(path, runs, nowMs);
  const drills = standings.flatMap((standing, index): Due[] => {
    const drill = loaded[index]?.path ?? '';
    if (standing.state !== 'due' && standing.state !== 'overdue') return [];
    const command = `dr-drill run ${relative('', drill)}${standing.counts === 'live' ? ' --live' : ''}`;
    return [{ ...standing, path: drill, command }];
  });
  return {
    schedule: schedule.schedule,
    standings,
    drills,
    ...withoutSecretsIn(followUpsIn(runs, records, { since: schedule.since, nowMs })),
  };
}

/** In each account that drills of the schedule are of, what of these is overdue. */
async function overdueToCloudWatch(path: string, { runs, at }: DueCommandOptions, terminal: Terminal): Promise<void> {
  const { connect } = await import('./live-account.ts');
  const { toCloudWatchOf } = await import('./cloudwatch.ts');
  const { schedule, loaded, standings } = standingsIn(path, runs, dayFrom(at));
  const topologies = new Map(loaded.map(({ topology }) => [topology.topology, topology]));
  for (const [name, topology] of topologies) {
    const its = standings.filter((_, index) => loaded[index]?.topology.topology === name);
    const send = toCloudWatchOf(topology, await connect({ topology }));
    await send(overdueMetrics(schedule.schedule, its), (why) => terminal.err(`${why}\n`));
  }
}

/** Dry runs alone: a live run needs a person who confirms it. */
async function rehearseDue(drills: readonly Due[], { runs }: DueCommandOptions, terminal: Terminal): Promise<Led[]> {
  const silent: Terminal = { ...terminal, out() {}, asIs() {}, interactive: false };
  const led: Led[] = [];
  const paths = new Set(drills.filter(({ counts }) => counts === 'rehearsal').map(({ path }) => path));
  for (const path of paths) {
    const loaded = loadDrill(path, { overrides: [], vocabulary: runningModules(terminal) });
    led.push(await dryRun(loaded, { set: [], runs, quiet: true }, silent));
  }
  return led;
}

function dueLines(
  { drills, debriefs, actions }: { drills: readonly Due[] } & FollowUps,
  { runs }: DueCommandOptions,
  { colour }: Terminal,
): string[] {
  const colours = pc.createColors(colour);
  const command = (text: string) => colours.dim(`         $ ${text}`);
  const late = (text: string) => `${colours.red('overdue'.padEnd(9))}${visible(text)}`;
  const lines = [
    ...standingLines(drills, colours, (one) => [command(one.command)]),
    ...debriefs.flatMap((one) => [late(debriefInWords(one)), command(`dr-drill debrief ${join(runs, one.run)}`)]),
    ...actions.flatMap((one) => [
      late(actionInWords(one)),
      command(`dr-drill debrief ${join(runs, one.run)} --close ${one.id}`),
    ]),
  ];
  return lines.length > 0 ? lines : ['Nothing is due.'];
}

import { thingOf } from '../components/schemas.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { PreflightParams } from '../platform/preflight.ts';
import { quotasFor } from '../platform/quotas.ts';
import { steps } from '../platform/steps.ts';
import { heartbeatNeeds, heartbeatParams } from '../steps/data/heartbeat-rows.ts';
import { merged as mergedPermissions } from '../steps/granted.ts';
import type { Need } from '../steps/needs.ts';
import { channelNeeds, publishPermissions } from './channels.ts';
import { describedNeed } from './described.ts';
import { type Facts, type Runbook, type RunbookStep, stepOf, type Watch } from './form.ts';
import { mergedNeeds } from './merged-needs.ts';
import { neededBy } from './needed.ts';
import { factsBeforeRun } from './not-yet-known.ts';

const MINUTE = 60_000;

/** The first step of every drill: it looks at all that the other steps and the watches need. */
export const preflightOf = (course: Runbook, drill: Drill, topology: Topology): RunbookStep =>
  stepOf('account.preflight', 5 * MINUTE, () => paramsFor(course, drill, topology));

function paramsFor(course: Runbook, drill: Drill, topology: Topology): PreflightParams {
  const ways = [factsBeforeRun, ...(course.ways ?? [])];
  const needs = ways.flatMap((facts) => needsOf(course, facts));
  const begins = drill.machine === 'custom' ? drill.begins : 'at-home';
  const known = mergedNeeds([...needs, ...stopNeeds(drill)].map((need) => describedNeed(need, begins, topology)));
  const session: Need = { need: 'aws-session', lastsMs: usualLengthMs(course.steps) };
  const merged = [...known, ...quotasFor(known), session, ...channelNeeds(topology)];
  const telling = mergedPermissions(publishPermissions(topology));
  return {
    account: topology.account,
    region: topology.regions.recovery,
    needs: merged,
    needed: neededBy(course.steps, drill, topology, merged),
    ...(telling.length > 0 && { telling }),
  };
}

/** How long its steps usually take, one after another. */
const usualLengthMs = (entries: Runbook['steps']): number =>
  Object.values(entries).reduce((sum, { kind, params }) => {
    const step = steps.get(kind);
    return sum + (step?.usuallyMs(step.params.parse(params(factsBeforeRun))) ?? 0);
  }, 0);

/** The alarms that stop the drill. */
const stopNeeds = ({ stop }: Pick<Drill, 'stop'>): Need[] =>
  (stop?.alarms ?? []).map(({ region, name }) => ({ need: 'alarm', region, name, for: 'stop' }));

/** A need as a preflight can look at it, after earlier steps have altered these things. */
function asOfNow(need: Need, altered: ReadonlySet<string>): Need[] {
  if (!altered.has(thingOf(need))) return [need];
  // That there is a login at all can be seen.
  return need.need === 'database-login' ? [{ ...need, exists: false }] : [];
}

/**
 * What the steps and watches need, in the order of the steps. A step may need what an earlier one makes or changes: that is nothing a
 * preflight could find.
 */
function needsOf({ steps: entries, watches }: Runbook, facts: Facts): Need[] {
  const altered = new Set<string>();
  const needs: Need[] = [];
  const add = (more: readonly Need[]) => needs.push(...more.flatMap((need) => asOfNow(need, altered)));
  for (const { kind, params } of Object.values(entries)) {
    const step = steps.get(kind);
    if (!step) continue;
    const given = step.params.parse(params(facts));
    add(step.needs(given));
    for (const thing of step.alters?.(given) ?? []) altered.add(thing);
  }
  for (const watch of Object.values(watches)) needs.push(...needsOfWatch(watch, facts));
  return needs;
}

/** What is kept needs no more than the step that did it. */
const needsOfWatch = ({ kind, params }: Watch, facts: Facts): readonly Need[] =>
  kind === 'heartbeat' ? heartbeatNeeds(heartbeatParams.parse(params(facts))) : [];

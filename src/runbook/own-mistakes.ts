import type { CustomDrill, Drill } from '../drill/drill.ts';
import type { Complaint } from '../drill/mistakes.ts';
import type { Topology } from '../drill/topology.ts';
import { isOwnKind } from '../platform/own-steps.ts';
import { steps } from '../platform/steps.ts';
import { plainData, shown } from '../steps/plain-data.ts';
import { callsWith } from '../steps/step.ts';
import { customRunbook } from './custom.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { placedSteps } from './placed-steps.ts';

/** What the user's own steps say of themselves with the parameters of this drill, before anything depends on it in a run. */
export function mistakesInOwnSteps(drill: Drill, topology: Topology): Complaint[] {
  if (drill.machine !== 'custom' || drill.steps.length === 0) return [];
  return placedSteps(drill).flatMap(({ path, step: { step: name, uses } }): Complaint[] => {
    if (!isOwnKind(uses)) return [];
    const message = wrongWith(name, uses, drill, topology);
    return message === undefined ? [] : [{ about: 'value', path: [...path, 'uses'], message }];
  });
}

function wrongWith(name: string, kind: string, drill: CustomDrill, topology: Topology): string | undefined {
  const step = steps.get(kind);
  const entry = customRunbook(drill, topology).steps[name];
  if (!step || !entry) return undefined;
  let member = 'params';
  try {
    const params: unknown = step.params.parse(entry.params(factsBeforeRun));
    const said = {
      params,
      needs: () => step.needs(params),
      alters: () => step.alters?.(params) ?? [],
      calls: () => callsWith(step, params),
      permissions: () => step.permissions(params, topology.account),
      usuallyMs: () => step.usuallyMs(params),
      region: () => step.region?.(params) ?? '',
      staysBehindUndo: () => step.staysBehindUndo?.(params) ?? '',
    };
    for (const [key, value] of Object.entries(said)) {
      member = key;
      const given = typeof value === 'function' ? (value as () => unknown)() : value;
      const data = plainData(given);
      if ('wrong' in data) return `${kind}: its ${key} cannot be used: ${data.wrong}`;
      if (key !== 'params' && !isAsTyped(key, given)) return `${kind}: its ${key} gives ${shown(given)}`;
    }
    if (!Number.isFinite(entry.deadlineMs)) return `${kind}: its lastsMs is no number of milliseconds`;
    return undefined;
  } catch (error) {
    return `${kind}: its ${member} fails: ${shown(error).split('\n')[0]}`;
  }
}

function isAsTyped(member: string, value: unknown): boolean {
  if (member === 'usuallyMs') return typeof value === 'number' && value >= 0;
  if (member === 'region' || member === 'staysBehindUndo') return typeof value === 'string';
  return Array.isArray(value);
}

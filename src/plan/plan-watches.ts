import { customersParams } from '../components/public-name/watch-customers.ts';
import { zoneParams } from '../components/public-name/watch-zone.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import { steps } from '../platform/steps.ts';
import type { Watch } from '../runbook/form.ts';
import { factsBeforeRun } from '../runbook/not-yet-known.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { heartbeatParams } from '../steps/data/heartbeat-rows.ts';
import { type Granted, merged } from '../steps/granted.ts';
import { callsWith } from '../steps/step.ts';
import { callsOf } from './plan-steps.ts';
import type { PlannedCall } from './planned.ts';
import type { WatchSpan } from './straight-path.ts';

/** Something that continues beside the steps. */
export interface PlannedWatch {
  watch: string;
  title: string;
  phases: string[];
  calls: PlannedCall[];
  permissions: Granted[];
}

/** Fills in what the runbook says about each watch. */
export function planWatches(spans: readonly WatchSpan[], drill: Drill, topology: Topology): PlannedWatch[] {
  const runbook = runbookFor(drill, topology);
  return spans.map((span) => {
    const watch = runbook.watches[span.watch];
    if (!watch) throw new DrillError('watch-missing', `The runbook has no watch named ${span.watch}.`);
    return { ...span, ...described(watch, topology.account) };
  });
}

function described(
  { kind, uses = '', params }: Watch,
  account: string,
): Pick<PlannedWatch, 'title' | 'calls' | 'permissions'> {
  const given = params(factsBeforeRun);
  switch (kind) {
    case 'customers': {
      const { url, everyMs, customers } = customersParams.parse(given);
      const who = customers === 1 ? 'a customer does' : `${customers} customers do, each`;
      return {
        title: `Visit ${url} as ${who} every ${inWords(everyMs)}`,
        calls: [],
        permissions: [],
      };
    }
    case 'zone': {
      const { name, everyMs } = zoneParams.parse(given);
      return {
        title: `Ask the zone's own name servers for ${name} every ${inWords(everyMs)}`,
        calls: [],
        permissions: [],
      };
    }
    case 'lever':
      return {
        title: 'Check every 5 s that nothing else changed how customers are routed',
        // It looks as the step does that moved them.
        calls: [],
        permissions: [],
      };
    case 'heartbeat': {
      const { instance, everyMs } = heartbeatParams.parse(given);
      return { title: `Write a heartbeat row to ${instance} every ${inWords(everyMs)}`, calls: [], permissions: [] };
    }
    case 'kept': {
      const step = steps.get(uses);
      const params = step?.params.parse(given);
      return {
        title: step?.keep?.(params)?.title ?? '',
        // It does again what the step did.
        calls: step ? callsOf(callsWith(step, params)) : [],
        permissions: step ? merged(step.permissions(params, account)) : [],
      };
    }
  }
}

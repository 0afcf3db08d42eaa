import { customersParams, watchCustomers } from '../components/public-name/watch-customers.ts';
import { watchZone, zoneParams } from '../components/public-name/watch-zone.ts';
import { DrillError, Suspended } from '../errors.ts';
import { steps } from '../platform/steps.ts';
import { watchLever } from '../platform/watch-lever.ts';
import type { Watch } from '../runbook/form.ts';
import { heartbeatParams, writeHeartbeats } from '../steps/data/heartbeat-rows.ts';
import { until } from '../steps/poll.ts';
import { contextFor, type Workplace } from './workplace.ts';

/** Watches until the machine leaves the state that asked for it. */
export async function runWatch(name: string, workplace: Workplace, signal: AbortSignal): Promise<void> {
  const watch = workplace.runbook.watches[name];
  if (!watch) throw new DrillError('watch-missing', `The runbook has no watch named ${name}.`);
  // Heartbeats are rows, and a fence is a change.
  if (workplace.endBefore && !['customers', 'zone'].includes(watch.kind)) return;
  const context = contextFor(name, workplace, signal);
  const params = watch.params(workplace.facts());
  try {
    switch (watch.kind) {
      case 'customers':
        return await watchCustomers(customersParams.parse(params), context);
      case 'zone':
        return await watchZone(zoneParams.parse(params), context);
      case 'lever':
        return await watchLever(context);
      case 'heartbeat':
        await writeHeartbeats(heartbeatParams.parse(params), context);
        return;
      case 'kept':
        await until(context, async () => (isBegun(watch, workplace) ? true : undefined));
        return await steps
          .get(watch.uses ?? '')
          ?.keep?.(params)
          ?.keep(context);
    }
  } catch (error) {
    if (error instanceof Suspended) workplace.suspend(name, error);
    // To be stopped is how every watch ends.
    if (!signal.aborted) throw error;
  }
}

/** A watch that has something to keep begins once the step before it has ended well. */
const isBegun = ({ after }: Watch, { facts }: Workplace): boolean =>
  after === undefined || facts().results[after] !== undefined;

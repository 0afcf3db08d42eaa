import type { RunEvent } from '../../src/journal/events.ts';
import { type Carried, carryTables } from '../../src/steps/data/carry-tables.ts';
import { checkCarried } from '../../src/steps/data/check-carried.ts';
import type { StepContext } from '../../src/steps/step.ts';

export const nothing = { done: false, state: null };

type Target = Omit<Parameters<typeof carryTables.observe>[0], 'tables'>;

/** Carries tables over as the drill does, and gives what it made of them, with what the comparison told. */
export async function carriedTo(
  target: Target,
  tables: string[],
  { context, told }: { context: StepContext; told: RunEvent[] },
): Promise<{ rows: Carried['tables']; said: string[] }> {
  const wanted = { ...target, tables };
  await carryTables.observe(wanted, context);
  const receipt = await carryTables.apply?.(wanted, context, nothing);
  const result = await carryTables.settle?.(wanted, context, nothing, receipt);
  told.length = 0;
  await checkCarried.settle?.(wanted, context, nothing, undefined);
  const said = told.map((event) =>
    event.type === 'data-check' ? `${event.check} ${event.ok}: ${event.detail}` : event.type,
  );
  return { rows: result?.tables ?? {}, said };
}

import type { DataCheck } from '../drill/data-check.ts';
import type { Drill } from '../drill/drill.ts';
import { checkData } from '../steps/data/check-data.ts';
import type { PlannedStep } from './planned.ts';

/** What the data would be asked. */
export interface PlannedDataChecks {
  /** Whose rows are counted, and whose contents compared with the source. */
  tables: string[];
  checksums: string[];
  checks: (Pick<DataCheck, 'check' | 'title' | 'expect'> & { shipped: boolean })[];
}

/** Null where no step of the drill checks data. */
export function planDataChecks({ dataChecks }: Drill, steps: readonly PlannedStep[]): PlannedDataChecks | null {
  if (!steps.some(({ kind }) => kind === checkData.kind)) return null;
  const { tables, checksums } = dataChecks;
  const checks: DataCheck[] = dataChecks.checks;
  return {
    tables,
    checksums,
    checks: checks.map(({ check, title, expect, shipped = false }) => ({ check, title, expect, shipped })),
  };
}

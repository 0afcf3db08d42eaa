import { backupRestore } from './backup-restore.ts';
import { multiRegionFailover } from './multi-region-failover.ts';

/** Every recovery pattern, by the name that a drill file gives in `machine`. */
export const machines = {
  'multi-region-failover': multiRegionFailover,
  'backup-restore': backupRestore,
};

export type MachineName = keyof typeof machines;

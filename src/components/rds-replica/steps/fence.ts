import { type Around, component, type DatabaseGiven, databaseOf } from '../../../steps/given.ts';
import type { Fence } from '../../rds/quarantine.ts';

/** The fence of a described instance. */
export function fenceOf(asked: Pick<DatabaseGiven, 'on'>, around: Around): Fence {
  const { quarantineSecurityGroup, securityGroups } = component('rds-replica', around)[asked.on];
  return { ...databaseOf(asked, around), quarantine: quarantineSecurityGroup, securityGroups };
}

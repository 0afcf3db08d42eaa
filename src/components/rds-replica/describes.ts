import type { ComponentOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import type { Need } from '../../steps/needs.ts';
import type { Described } from '../verbs.ts';
import { loginByIam } from './steps/like-original.ts';

type Store = ComponentOf<'rds-replica'>;

/** An instance as the preflight compares it with the account. */
const describedIn = (store: Store, role: 'writer' | 'replica', regions: Topology['regions']) => {
  const region = role === 'writer' ? regions.primary : regions.recovery;
  const instance = store[role];
  const iamLogin = loginByIam(store);
  const { identifier, class: instanceClass, storageGib, multiAz, parameterGroup, subnetGroup } = instance;
  const { securityGroups, quarantineSecurityGroup: quarantine } = instance;
  const size = { class: instanceClass, storageGib, multiAz };
  return {
    region,
    identifier,
    engine: store.engine,
    ...size,
    parameterGroup,
    subnetGroup,
    securityGroups,
    quarantine,
    ...(iamLogin && { iamLogin }),
  };
};

const DAY = 86_400_000;

/** How many days of backups RDS is to keep: whole ones, and at least one, which is its default. */
const retentionDaysOf = ({ backups }: Store): number => Math.max(1, Math.round((backups.retention ?? DAY) / DAY));

/** A need of one of its two instances, with what the topology says of that. */
export function describedNeed(store: Store, need: Need, { regions }: Described): Need | undefined {
  const role = roleOf(need, store, regions);
  if (role === undefined) return undefined;
  switch (need.need) {
    case 'rds-instance':
      return need.state === 'serving' ? { ...need, described: describedIn(store, role, regions) } : need;
    case 'rds-backups':
      return { ...need, retentionDays: retentionDaysOf(store), madeBy: store.backups.by };
    case 'rds-replication': {
      if (role !== 'replica') return need;
      const writer = { region: regions.primary, instance: store.writer.identifier, database: store.database };
      return { ...need, writer, iamLogin: loginByIam(store) };
    }
    default:
      return undefined;
  }
}

/** What the topology has an instance for. */
function roleOf(
  need: Need,
  { writer, replica }: Store,
  regions: Topology['regions'],
): 'writer' | 'replica' | undefined {
  if (!('instance' in need && 'region' in need)) return undefined;
  if (need.region === regions.primary && need.instance === writer.identifier) return 'writer';
  return need.region === regions.recovery && need.instance === replica.identifier ? 'replica' : undefined;
}

import { isStandby } from '../data/heartbeat.ts';
import { hasNoLogin } from '../data/target.ts';
import { blocker, type Finding, warning } from './findings.ts';
import { answered, type LookFor } from './look.ts';

const TIMEOUT_MS = 10_000;

/** A database that the drill logs in to: the login is tried, with a query that only reads. */
export const loginLook: LookFor<'database-login'> = {
  calls: () => [],
  permissions: () => [],
  subject: ({ instance }) => `login to ${instance}`,
  async look({ region, instance, database, for: purpose, exists }, context) {
    const { sql, signal, readsOnly } = context;
    if (hasNoLogin({ region, instance, database }, context)) {
      const needed = purpose === 'work' && !readsOnly;
      return { rows: [], findings: [needed ? withoutWork(instance) : withoutProof(instance)] };
    }
    if (!exists) return { rows: [], findings: [] };
    const row = (account: string) => ({ what: `${instance} login`, topology: 'works', account });
    const limit = { timeoutMs: TIMEOUT_MS, signal };
    await answered(() => sql.query({ region, instance, name: database }, isStandby, limit), context);
    return { rows: [row('works')], findings: [] };
  },
};

const GIVE_ONE = "Give the data store a 'login' in the topology: the role, and where its password comes from.";

const withoutWork = (instance: string): Finding =>
  blocker(
    instance,
    `the topology has no login to ${instance}, and steps of this drill need one`,
    'A step would fail in the middle of the drill.',
    GIVE_ONE,
  );

const withoutProof = (instance: string): Finding =>
  warning(
    instance,
    `the topology has no login to ${instance}: the drill cannot check its data, or which side takes writes`,
    'The drill continues, but proves nothing about the data, and measures no data loss.',
    GIVE_ONE,
  );

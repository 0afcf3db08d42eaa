import { realClock } from '../../../src/clock/real-clock.ts';
import { liveSql } from '../../../src/live/sql.ts';
import type { SqlEngine } from '../../../src/ports/sql.ts';
import type { DatabaseServer } from './database.ts';

/** The way in to servers as a live drill has it, by their identifiers. */
export function sqlTo(engine: SqlEngine, servers: readonly DatabaseServer[]): ReturnType<typeof liveSql> {
  const resolve = async (host: string) => ({
    addresses: servers.filter(({ identifier }) => host === `${identifier}.example`).map((one) => one.host),
    ttlMs: 0,
  });
  return liveSql({
    engine,
    locate: async ({ instance }) => ({
      host: `${instance}.example`,
      port: servers.find(({ identifier }) => identifier === instance)?.port ?? 0,
    }),
    login: { user: 'dr_drill', password: { from: 'iam' }, tls: engine === 'postgres' ? 'off' : 'require' },
    password: async () => 'a drill in the lab',
    dns: { resolve, authoritative: resolve },
    clock: realClock(),
    readOnly: false,
  });
}

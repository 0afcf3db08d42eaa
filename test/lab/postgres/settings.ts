/** What all servers of the lab share, appended to postgresql.conf when the first data directory is made. */
export const CLUSTER_SETTINGS = `
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 60
shared_buffers = 16MB
io_method = sync
jit = off
# Processes are killed here, machines are not: what was written is in the kernel's hands.
fsync = off
# In the data directory, so that a killed server leaves nothing in /dev/shm.
dynamic_shared_memory_type = mmap
wal_level = replica
wal_keep_size = 64MB
max_prepared_transactions = 10
wal_retrieve_retry_interval = 100ms
archive_mode = on
`;

/** Only the lab's own code gets in over the private socket; everyone else has a password. */
export const accessRules = (tls: boolean): string => `
local all postgres trust
host all postgres all reject
host replication replication 127.0.0.0/8 scram-sha-256
${tls ? 'hostssl' : 'host'} all all all scram-sha-256
`;

/** One server's own settings, in the form of postgresql.auto.conf. */
export const settingsFile = (settings: Record<string, string | number>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
    .join('');

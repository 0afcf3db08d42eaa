const LONGEST = 63;

/** What the only instance of a restored cluster is called: a name that RDS accepts, however long the cluster's is. */
export const instanceIn = (cluster: string): string => `${cluster.slice(0, LONGEST - 2).replace(/-$/, '')}-1`;

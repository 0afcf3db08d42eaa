/** So many addresses a load balancer has in its life, so many its name answers at a time, and so often one of them is exchanged. */
const POOL = 4;
const ANSWERS = 2;
const EXCHANGES_EVERY_MS = 1_000;

/** The addresses that a load balancer has in its life, from the first on. */
export const poolFrom = (first: string): string[] => {
  const [, network = '', last = ''] = /^(.*\.)(\d+)$/.exec(first) ?? [];
  return Array.from({ length: POOL }, (_, nth) => `${network}${Number(last) + nth}`);
};

/** What its name answers at an instant: others a moment later, while nothing is shifted. */
export const answersAt = (pool: readonly string[], nowMs: number): string[] => {
  const first = Math.floor(nowMs / EXCHANGES_EVERY_MS);
  return Array.from({ length: Math.min(ANSWERS, pool.length) }, (_, nth) => pool[(first + nth) % pool.length] ?? '');
};

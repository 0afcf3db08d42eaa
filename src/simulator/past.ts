/** When what happened in a failover of long ago. */
export interface Past {
  lostMs: number;
  promotedMs: number;
  backMs: number;
}

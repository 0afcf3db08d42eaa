import { isAsMeant, type RunRecord } from '../history/record.ts';
import type { Named } from './standing.ts';

/** What the runs of the last year reached; `live` counts what was done on the real account. */
export interface Coverage {
  drills: Covered[];
  regions: Covered[];
  services: Covered[];
  controls: Covered[];
}

export interface Covered {
  name: string;
  rehearsed: number;
  live: number;
}

const YEAR = 366 * 86_400_000;

/**
 * @param drills every drill there is, scheduled or not
 * @param controls every clause that one of them names
 */
export function coverageOf(
  drills: readonly Named[],
  controls: readonly string[],
  records: readonly RunRecord[],
  nowMs: number,
): Coverage {
  const lately = records.filter(({ madeAt }) => Date.parse(madeAt) > nowMs - YEAR);
  const covered = (names: readonly string[], has: (record: RunRecord, name: string) => boolean): Covered[] =>
    [...new Set(names)].sort().map((name) => {
      const runs = lately.filter((record) => has(record, name));
      return {
        name,
        rehearsed: runs.filter(({ rehearsal }) => rehearsal).length,
        live: runs.filter(({ rehearsal }) => !rehearsal).length,
      };
    });
  return {
    drills: covered(
      drills.map(({ drill }) => drill),
      (record, name) => isAsMeant(record) && (record.drill === name || record.drawn === name),
    ),
    regions: covered(
      lately.flatMap(({ regions }) => regions),
      ({ regions }, name) => regions.includes(name),
    ),
    services: covered(
      lately.flatMap(({ services }) => services),
      ({ services }, name) => services.includes(name),
    ),
    controls: covered([...controls, ...lately.flatMap(({ supports }) => supports)], ({ supports }, name) =>
      supports.includes(name),
    ),
  };
}

/** A rehearsal is too little for a control. */
export const reached = ({ live, rehearsed }: Covered, what: string): 'live' | 'rehearsed' | 'not reached' =>
  live > 0 ? 'live' : rehearsed > 0 && what !== 'controls' ? 'rehearsed' : 'not reached';

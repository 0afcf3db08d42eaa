import { withCommas } from '../with-commas.ts';
import type { Report } from './report-schema.ts';

export interface Count {
  /** As `2 warnings`. */
  words: string;
  what: string;
  /** Where in the report these are. */
  section: 'checks' | 'findings';
}

/** How much was found, in words. Counts of zero are left out. */
export function countsOf({ findings, deviations, checks, dataChecks }: Report): Count[] {
  const found = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const failed = [...checks.filter(({ layer }) => layer === 'verification'), ...dataChecks].filter(
    ({ ok }) => ok === false,
  ).length;
  const counts: [count: number, what: string, section: Count['section']][] = [
    [failed, 'failed check', 'checks'],
    [found('blocker'), 'blocker', 'findings'],
    [found('warning'), 'warning', 'findings'],
    [found('note'), 'note', 'findings'],
    [deviations.length, 'deviation', 'findings'],
  ];
  return counts.flatMap(([count, what, section]) =>
    count === 0 ? [] : [{ what, section, words: `${withCommas(count)} ${what}${count === 1 ? '' : 's'}` }],
  );
}

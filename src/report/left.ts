import type { Report } from './report-schema.ts';

type Left = Report['left'][number];

/** What stands above the table, in every format. */
export const leftIntroduction = ({ mode }: Report): string =>
  `Terraform, OpenTofu and CloudFormation do not know yet what ${mode === 'dry-run' ? 'a live run would have changed' : 'this run has changed'} and not undone. Before the next plan, dr-drill drift says which addresses it would revert, and writes the blocks that keep it from that.`;

/** What one plan would do to one resource, as the tables have it. */
export interface LeftRow {
  /** As a person would find it. */
  resource: string;
  now: string;
  means: string;
  steps: string;
}

export function leftRows({ left }: Pick<Report, 'left'>): LeftRow[] {
  const rows = new Map<string, LeftRow>();
  for (const one of left) {
    const { type, name, region, means, steps } = one;
    const resource = `${type} ${name}${region === null ? '' : ` in ${region}`}`;
    const key = JSON.stringify([resource, means]);
    const earlier = rows.get(key);
    const now = earlier ? `${earlier.now}; ${nowOf(one)}` : nowOf(one);
    rows.set(key, { resource, now, means, steps: steps.join(', ') });
  }
  return [...rows.values()];
}

function nowOf({ left, argument, value }: Left): string {
  switch (left) {
    case 'changed':
      return value === undefined ? `${argument} is changed` : `${argument} is ${shown(value)}`;
    case 'made':
      return 'it is new';
    case 'gone':
      return 'it is deleted';
    case 'renamed':
      return `its name is ${shown(value)}`;
  }
}

const shown = (value: Left['value']): string => {
  if (value === null || value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

import { paragraph } from '../layout.ts';
import type { Colours } from './colours.ts';
import type { PlannedDataChecks } from './plan-data-checks.ts';

export function dataCheckLines(planned: PlannedDataChecks | null, { bold, dim, width }: Colours): string[] {
  if (planned === null) return [];
  const { tables, checksums, checks } = planned;
  const listed = (name: string, of: readonly string[]) =>
    of.length === 0 ? [] : paragraph(of.join(', '), { first: `  ${name.padEnd(WIDTH)}`, width });
  return [
    ...listed('rows counted', tables),
    ...listed('contents compared', checksums),
    ...checks.flatMap(({ check, title, expect, shipped }) =>
      paragraph(`${title}: ${expect}${shipped ? '' : ', your own'}`, {
        first: `  ${check.padEnd(WIDTH)}`,
        paintFirst: shipped ? dim : bold,
        width,
      }),
    ),
  ];
}

/** The longest name of a check that comes with the tool, and a gap. */
const WIDTH = 'orders-without-customer'.length + 2;

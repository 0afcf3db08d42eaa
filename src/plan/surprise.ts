import type { Drill, Surprise } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { inWords } from '../duration.ts';
import { paragraph, type Screen } from '../layout.ts';
import { commanderPermissions } from '../runbook/commander.ts';
import { type Granted, merged, mergedAgain } from '../steps/granted.ts';
import { coloursFor } from './colours.ts';
import { type Plan, planOf } from './plan.ts';
import { planLines } from './text.ts';

/** What a surprise would do: one of the plans, and nobody knows which. */
export interface SurprisePlan {
  format: 1;
  drill: string;
  title: string;
  machine: 'surprise';
  account: string;
  window: Surprise['window'];
  announce: Surprise['announce'] & { topic: string | null };
  of: Plan[];
  permissions: Granted[];
}

export function planOfSurprise(
  { drill, title }: Drill,
  { of, window, announce }: Surprise,
  topology: Topology,
): SurprisePlan {
  const plans = of.map((one) => planOf(one, topology));
  return {
    format: 1,
    drill,
    title,
    machine: 'surprise',
    account: topology.account,
    window,
    announce: { ...announce, topic: topology.notices?.commander?.topic ?? null },
    of: plans,
    permissions: mergedAgain([
      ...plans.flatMap(({ permissions }) => permissions),
      ...merged(commanderPermissions(topology)),
    ]),
  };
}

/** For a person to read: when it may begin and who is told, then each plan. */
export function surpriseLines(plan: SurprisePlan, terminal: Screen): string[] {
  const { bold, dim, width } = coloursFor(terminal);
  const { title, drill, account, announce, of, permissions } = plan;
  const facts: [string, string][] = [
    ['drill', `${drill}: one of ${of.map((one) => one.drill).join(', ')}, drawn when it is run`],
    ['account', account],
    ['begins', windowInWords(plan.window)],
    ['told', `the ${announce.to} alone, over ${announce.topic}, at least ${inWords(announce.ahead)} ahead`],
  ];
  return [
    ...paragraph(title, { first: '', paint: bold, width }),
    ...paragraph('A plan: nothing is drawn, nothing is run, and AWS is not called.', { first: '', paint: dim, width }),
    '',
    ...facts.flatMap(([name, value]) => paragraph(value, { first: `  ${name.padEnd(9)}`, width })),
    ...of.flatMap((one, index) => ['', bold(`${index + 1} OF ${of.length}`), '', ...planLines(one, terminal)]),
    '',
    ...paragraph('of all plans together, and to tell the commander', {
      first: 'PERMISSIONS  ',
      paintFirst: bold,
      paint: dim,
      width,
    }),
    '',
    ...permissions.flatMap(({ action, resources }) => [`  ${action}`, ...resources.map((one) => `    ${one}`)]),
  ];
}

const windowInWords = ({ days, from, until, zone, within }: Surprise['window']): string =>
  `${days.join(', ')}, between ${from} and ${until} in ${zone}, within ${inWords(within)}`;

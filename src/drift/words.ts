import { code, plain, table } from '../markdown-text.ts';
import type { Drift } from './drift.ts';
import { blocksFor } from './hcl.ts';

/** What a plan would do to what a run has left, as Markdown. */
export function driftMarkdown(run: string, drift: Drift): string {
  const { moves, overrides } = blocksFor(drift);
  const hcl = (text: string) => ['```hcl', text.trimEnd(), '```'].join('\n');
  return `${[
    `# Infrastructure as code after ${plain(run)}`,
    ...(drift.drifted.length === 0
      ? ['A plan would revert nothing that the run has left.']
      : [table(['Address', 'A plan would', 'What', 'Steps'], rowsOf(drift))]),
    ...(drift.same.length === 0
      ? []
      : [
          `The state already has what the run left: ${drift.same.map(code).join(', ')}. A plan reverts it only if the configuration says otherwise.`,
        ]),
    ...(drift.unmanaged.length === 0
      ? []
      : [`Not in this state: ${drift.unmanaged.map(({ where }) => code(Object.values(where).join(' '))).join(', ')}.`]),
    ...(moves === '' ? [] : ['## Blocks for the root module', hcl(moves)]),
    ...(overrides === '' ? [] : ['## Overrides, such as dr_drill_override.tf', hcl(overrides)]),
  ].join('\n\n')}\n`;
}

const rowsOf = ({ drifted }: Drift): string[][] =>
  drifted.flatMap((one) => {
    const steps = one.steps.map(code).join(', ');
    switch (one.drift) {
      case 'made':
        return [[code(one.to), 'not know it', plain(`${one.id} is new`), steps]];
      case 'gone':
        return [[code(one.address), 'create it again', 'the run has deleted it', steps]];
      case 'renamed':
        return [[code(one.address), 'revert', plain(`its name is ${one.to} now`), steps]];
      default:
        return one.attributes.map(({ path, was, value, plan, means }) => [
          code(one.address),
          plan,
          `${code(path)}${value === undefined ? '' : ` ${plain(`from ${shown(value)} to ${shown(was)}`)}`}: ${plain(means)}`,
          steps,
        ]);
    }
  });

const shown = (value: unknown): string => (value === null || value === undefined ? 'nothing' : JSON.stringify(value));

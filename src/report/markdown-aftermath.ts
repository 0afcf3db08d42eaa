import { code, codeBlock, plain, table } from '../markdown-text.ts';
import type { Report } from './report-schema.ts';

/** What was undone, what stands, and what a person must type now; nothing after a run that went to its end. */
export function aftermathLines({ aftermath, outcome }: Report): string[] {
  const { held, undos, standing, unfinished } = aftermath;
  const wentToItsEnd = outcome === 'passed' || outcome === 'target-missed';
  if (wentToItsEnd && held.length === 0 && undos.length === 0) return [];
  const failed = undos.filter((undo) => undo.outcome === 'failed' || undo.outcome === 'unfinished');
  return [
    '## Undone, and left to do',
    ...held.map(({ step, title, reason }) => `**Held** behind ${plain(title)} (${code(step)}): ${plain(reason)}`),
    ...(held.length + undos.length + standing.length + unfinished.length === 0
      ? ['Nothing had been changed, so there was nothing to undo.']
      : []),
    ...(undos.length === 0
      ? []
      : [
          table(
            ['undo', 'result', 'detail'],
            undos.map((undo) => [plain(undo.title), undo.outcome.replaceAll('-', ' '), plain(undo.error ?? '')]),
          ),
        ]),
    ...failed.flatMap(({ title, command }) => [`${plain(title)}, by hand:`, codeBlock(command)]),
    ...(wentToItsEnd
      ? []
      : [
          ...commands('Not finished: look at AWS first, then do by hand what is missing', unfinished),
          ...commands('Changes that were not undone, and what made them', standing),
        ]),
  ];
}

function commands(title: string, steps: Report['aftermath']['standing']): string[] {
  if (steps.length === 0) return [];
  return [
    `### ${title}`,
    ...steps.flatMap((step) => [`${plain(step.title)} (${step.outcome})`, codeBlock(step.command)]),
  ];
}

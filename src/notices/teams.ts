import { cut } from './cut.ts';
import type { Notice } from './notice.ts';

/** Teams takes messages of up to 28 KB; these parts together stay far below, also as JSON. */
const SAYS_MOST = 1_000;
const FACT_MOST = 400;
const FACTS_MOST = 10;

/** An Adaptive Card, as a workflow of Teams posts it. */
export function teamsMessage({ says, urgent, facts, subject, at }: Notice) {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      {
        type: 'TextBlock',
        text: plain(subject.mark, FACT_MOST),
        weight: 'Bolder',
        size: 'Medium',
        wrap: true,
        ...(urgent && { color: 'Attention' }),
      },
      { type: 'TextBlock', text: plain(says, SAYS_MOST), wrap: true },
      {
        type: 'FactSet',
        facts: [...facts.slice(0, FACTS_MOST), { name: 'At', text: at }].map(({ name, text }) => ({
          title: name,
          value: plain(text, FACT_MOST),
        })),
      },
    ],
    ...(subject.link !== undefined && {
      actions: [{ type: 'Action.OpenUrl', title: 'Run and report', url: subject.link }],
    }),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Cards read a part of Markdown: links, lists and emphasis. */
const plain = (text: string, most: number): string => cut(text, most).replace(/[\\`*_[\]()#<>]/g, '\\$&');

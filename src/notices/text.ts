import { cut } from './cut.ts';
import { headlineOf, type Notice } from './notice.ts';

/** SNS takes 256 KB. These parts together are always shorter. */
const SAYS_MOST = 10_000;
const FACT_MOST = 2_000;
const FACTS_MOST = 20;

/** The message for channels that show plain text. */
export const textOf = (notice: Notice): string =>
  [
    cut(headlineOf(notice), SAYS_MOST),
    '',
    ...notice.facts.slice(0, FACTS_MOST).map(({ name, text }) => `${name}: ${cut(text, FACT_MOST)}`),
    ...(notice.subject.link === undefined ? [] : [`Run and report: ${notice.subject.link}`]),
    `At: ${notice.at}`,
    '',
  ].join('\n');

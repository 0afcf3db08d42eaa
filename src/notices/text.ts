import { headlineOf, type Notice } from './notice.ts';

/** The message for channels that show plain text. */
export const textOf = (notice: Notice): string =>
  [
    headlineOf(notice),
    '',
    ...notice.facts.map(({ name, text }) => `${name}: ${text}`),
    ...(notice.subject.link === undefined ? [] : [`Run and report: ${notice.subject.link}`]),
    `At: ${notice.at}`,
    '',
  ].join('\n');

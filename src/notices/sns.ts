import { headlineOf, type Notice } from './notice.ts';
import { textOf } from './text.ts';

/** SNS takes ASCII without line breaks as a subject, which begins with no space. */
const SUBJECT_MOST = 100;

export const snsMessage = (notice: Notice) => ({
  Subject: asciiOf(headlineOf(notice)),
  Message: textOf(notice),
});

function asciiOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u2018-\u201A]/g, "'")
    .replace(/[\u201C-\u201E]/g, '"')
    .replace(/[\u2013\u2014]/g, '-')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
  return plain.length <= SUBJECT_MOST ? plain : `${plain.slice(0, SUBJECT_MOST - 3)}...`;
}

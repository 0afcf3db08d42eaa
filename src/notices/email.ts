import { createHash } from 'node:crypto';
import { cut } from './cut.ts';
import { headlineOf, type Notice } from './notice.ts';
import { textOf } from './text.ts';

/** A subject longer than this is cut off by mail programs anyway. */
const SUBJECT_MOST = 200;

/** All mails of a run answer one that was never sent, so that mail programs show them as one conversation. */
export function mailOf(notice: Notice) {
  const { subject, key } = notice;
  const thread = hash(subject.id);
  return {
    subject: cut(headlineOf(notice), SUBJECT_MOST),
    text: textOf(notice),
    messageId: `<${hash(key)}.${thread}@dr-drill>`,
    inReplyTo: `<${thread}@dr-drill>`,
    references: `<${thread}@dr-drill>`,
    priority: notice.urgent ? ('high' as const) : ('normal' as const),
    /** Who is asked, beside those to whom the channel always writes. */
    alsoTo: (notice.people ?? []).flatMap(({ contacts }) => contacts.email ?? []),
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

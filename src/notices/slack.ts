import { cut } from './cut.ts';
import { type Fact, headlineOf, type Notice } from './notice.ts';

/** Slack's limits on Block Kit, in characters. */
const HEADER_MOST = 150;
const SECTION_MOST = 3_000;
/** A section per fact keeps far from Slack's 50 blocks. */
const FACTS_MOST = 20;

/** The text for notifications, and the message in blocks. */
export function slackMessage(notice: Notice) {
  const { says, urgent, facts, subject, at, people } = notice;
  const mentioned = (people ?? []).flatMap(({ contacts }) => mentionOf(contacts.slack ?? ''));
  const link = subject.link === undefined ? [] : [section(`<${escaped(subject.link)}|Run and report>`)];
  return {
    text: cut(escaped(headlineOf(notice)), SECTION_MOST),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(`${urgent ? '🔴 ' : ''}${subject.mark}`, HEADER_MOST) } },
      section(`*${escaped(says)}*`),
      ...(mentioned.length === 0 ? [] : [section(mentioned.join(' '))]),
      ...facts.slice(0, FACTS_MOST).map((fact) => section(factIn(fact))),
      ...link,
      { type: 'context', elements: [{ type: 'mrkdwn', text: at }] },
    ],
  };
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_MOST) } });

/** Slack tells a person whom a message mentions by the ID of a member. */
const mentionOf = (member: string): string[] => (/^[UW][A-Z0-9]{6,}$/.test(member) ? [`<@${member}>`] : []);

/** A code span cannot hold its own mark. */
const factIn = ({ name, text, isCode }: Fact): string =>
  `${name}: ${isCode ? `\`${escaped(text).replaceAll('`', 'ˋ')}\`` : escaped(text)}`;

/** Slack's three control characters: without them nothing in a text mentions a person, calls a channel or is a link. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

import type { NoticeKind } from '../drill/notices.ts';
import type { Person } from '../drill/people.ts';

/** What people are told, before a channel gives it its form. */
export interface Notice {
  about: NoticeKind | 'test';
  /** The same each time this is sent, and different from every other notice of its subject. */
  key: string;
  /** The line of the journal that it tells of; absent for what no line stands behind. */
  of?: number;
  /** ISO instant at which it happened. */
  at: string;
  /** In one line, without secrets. */
  says: string;
  /** A person must act. */
  urgent: boolean;
  /** The role that is asked for a decision. */
  role?: string;
  /** Who answers for that role, as the topology says, in the order in which they are called. */
  people?: readonly Pick<Person, 'name' | 'contacts'>[];
  /** What else there is to know, in the order of reading. */
  facts: Fact[];
  subject: Subject;
}

export interface Fact {
  name: string;
  text: string;
  /** A command or a path: shown as it is. */
  isCode?: true;
}

/** The run, or the drill that is overdue, which all messages about it have in common. */
export interface Subject {
  /** The same for all of its messages, and for those of nothing else. */
  id: string;
  /** What messages begin with, such as `DRILL multi-region-failover`: nobody may take one for a disaster. */
  mark: string;
  link?: string;
}

/** What is in the subject of a mail, or where a phone shows one line. */
export const headlineOf = ({ subject, says }: Notice): string => `${subject.mark}: ${says}`;

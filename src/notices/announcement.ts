import { inWords } from '../duration.ts';
import type { Notice } from './notice.ts';

/** A drill on the real account that is planned. */
export interface Announced {
  drill: string;
  title: string;
  owner: string | null;
  /** ISO days, both included. */
  from: string;
  to: string;
  path: string;
  topology: string;
  account: string;
  regions: { primary: string; recovery: string };
  /** Milliseconds; null where the drill has none. */
  targets: { rtoMs: number | null; rpoMs: number | null };
  /** What it does, phase by phase. */
  phases: string[];
  roles: { role: string; people: { name: string; contacts: string }[] }[];
  /** Everyone whom the topology names. */
  stakeholders: string[];
  /** What is undone where a step fails, and what cannot be. */
  rollback: string;
}

/** Tells a week ahead that a drill is planned: scope, roles, stakeholders and rollback. */
export function announcementOf(planned: Announced, at: string): Notice {
  const { drill, title, owner, from, to, path, topology, account, regions, targets, phases, roles } = planned;
  const target = (name: string, ms: number | null) => (ms === null ? [] : [`${name} ${inWords(ms)}`]);
  const held = [...target('RTO', targets.rtoMs), ...target('RPO', targets.rpoMs)].join(', ');
  return {
    about: 'announced',
    key: `announced/${drill}/${from}`,
    at,
    says: `${title}: planned for ${from} to ${to}, on the real account`,
    urgent: false,
    facts: [
      { name: 'Scope', text: `${topology}, account ${account}, ${regions.primary} and ${regions.recovery}` },
      { name: 'Phases', text: phases.join(', ') },
      ...(held === '' ? [] : [{ name: 'Targets', text: held }]),
      { name: 'Owner', text: owner ?? 'not named in the schedule' },
      ...roles.map(({ role, people }) => ({ name: capital(role), text: people.map(inOne).join('; ') || NOBODY })),
      { name: 'Stakeholders', text: planned.stakeholders.join(', ') || NOBODY },
      { name: 'Rollback', text: planned.rollback },
      { name: 'Plan', text: `dr-drill plan ${path}`, isCode: true },
      { name: 'Runbook', text: `dr-drill runbook ${path}`, isCode: true },
    ],
    subject: { id: `dr-drill/announced/${drill}/${from}`, mark: `DRILL ${drill}` },
  };
}

const NOBODY = 'not named in the topology';

const inOne = ({ name, contacts }: { name: string; contacts: string }): string =>
  contacts === '' ? name : `${name} (${contacts})`;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

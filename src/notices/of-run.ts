import { surpriseOf } from '../drill/candidates.ts';
import type { NoticeKind } from '../drill/notices.ts';
import type { Person } from '../drill/people.ts';
import { inWords } from '../duration.ts';
import type { Entry, EventOf, Outcome, RunEvent } from '../journal/events.ts';
import { headerOf, recoveryFromMs } from '../measure/reading.ts';
import { recoveryTime } from '../measure/recovery-time.ts';
import { hold, limitsOf } from '../measure/verdict.ts';
import { against, value } from '../report/figure-words.ts';
import { withoutSecrets } from '../secrets.ts';
import { visible } from '../visible.ts';
import type { Fact, Notice, Subject } from './notice.ts';

/** Where a run is kept. */
export interface Kept {
  folder: string;
  host: string;
}

/** The notice that an event leads to. */
type Told = Pick<Notice, 'says' | 'urgent' | 'role' | 'people'> & { about: NoticeKind; facts: (Fact | undefined)[] };

interface Around {
  entries: readonly Entry[];
  folder: string;
}

type Tells = { [T in RunEvent['type']]?: (event: Extract<RunEvent, { type: T }>, around: Around) => Told | undefined };

/** Every kind of event that people are told about. A new one needs only its line here. */
const tells: Tells = {
  'run-started': (_, { entries }) => start(entries),
  'step-ended': stepFailed,
  'undo-ended': undoFailed,
  'session-ended': ({ reason, hint, until }) =>
    failure(`The run is paused: the AWS session has ended. ${reason}`, [
      { name: 'Waiting for', text: `new credentials, until ${clockTime(until)}; then the run is suspended` },
      { name: 'Next step', text: hint },
    ]),
  'run-suspended': ({ reason, hint }, { folder }) =>
    failure(`The run is suspended, and everything is left as it stands. ${reason}`, [
      hint === undefined ? undefined : { name: 'Next step', text: hint },
      { name: 'Then', text: `dr-drill resume ${folder}`, isCode: true },
    ]),
  'approval-asked': asked,
  answered: ({ step, by, approves, item, reason }, { entries }) => ({
    about: 'decided',
    says: `${by} ${answer(approves, item)}${reason === undefined ? '' : `: ${reason}`}`,
    urgent: false,
    facts: [{ name: 'Question', text: questionOf(step, item, entries) }],
  }),
  'approval-lapsed': ({ otherwise, what }) => ({
    about: 'decided',
    says: `No decision in time: the drill ${otherwise === 'go-on' ? 'continues' : 'stops'}`,
    urgent: false,
    facts: [{ name: 'Asked', text: what }],
  }),
  held: ({ step, reason }, { entries }) => ({
    about: 'held',
    says: `Held, and not undone: ${titleOf(step, entries)}: ${reason}`,
    urgent: true,
    facts: [{ name: 'Waiting for', text: 'a person, who decides what becomes of it' }],
  }),
  'person-wanted': ({ until, choices, steps }, { entries, folder }) => ({
    about: 'decision-wanted',
    says: `The run is held and waits for a decision: ${choices.join(', ')}`,
    urgent: true,
    facts: [
      { name: 'Steps', text: steps.map((step) => titleOf(step, entries)).join('; ') },
      { name: 'Waiting for', text: `a person, until ${clockTime(until)}` },
      { name: 'Next step', text: `dr-drill continue ${folder}`, isCode: true },
    ],
  }),
  continued: ({ by, choice, step, why }, { entries }) => ({
    about: 'decided',
    says: `${by}: ${choice}${step === undefined ? '' : ` ${titleOf(step, entries)}`}`,
    urgent: false,
    facts: [why === undefined ? undefined : { name: 'Reason', text: why }],
  }),
  'run-ended': end,
};

/**
 * The notice about an event; most have none. Nothing is sent about a surprise before it has begun, nor when it begins.
 * @param entries the journal up to the event, or longer
 */
export function noticeOf(event: RunEvent | Entry, entries: readonly Entry[], kept: Kept): Notice | undefined {
  const tell = tells[event.type] as ((event: RunEvent, around: Around) => Told | undefined) | undefined;
  if (!tell) return undefined;
  const [first] = entries;
  const isSurprise = first?.type === 'run-started' && surpriseOf(first.drill) !== undefined;
  if (isSurprise && !entries.some((entry) => entry.type === 'draw-revealed' && entry.begins)) return undefined;
  if (isSurprise && event.type === 'run-started') return undefined;
  const told = tell(event, { entries, folder: kept.folder });
  if (!told) return undefined;
  const line = 'seq' in event ? event : undefined;
  const at = (line ?? entries.at(-1))?.at ?? '';
  // A run that a person opened again ends once more.
  const of = (line ?? entries.findLast(({ type }) => type === 'run-ended'))?.seq;
  const facts = [...told.facts, ...common(at, entries, kept)].filter((fact) => fact !== undefined);
  return {
    ...told,
    key: keyOf(told.about, of),
    ...(of !== undefined && { of }),
    at,
    says: plain(told.says),
    facts: facts.map((fact) => ({ ...fact, text: plain(fact.text) })),
    subject: subjectOf(entries, kept),
  };
}

/** One event leads to one notice. */
export const keyOf = (about: NoticeKind, of: number | undefined): string => `${about}/${of ?? ''}`;

function subjectOf(entries: readonly Entry[], { folder }: Kept): Subject {
  const { topology, mode, elsewhere } = headerOf(entries);
  const [first] = entries as [EventOf<'run-started'>];
  const { drill } = first.drill;
  const { reports } = topology.notices ?? {};
  const name = folder.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const rehearsed = mode === 'dry-run' ? ', dry run' : elsewhere === undefined ? '' : ', NOT AWS';
  return {
    id: `dr-drill/${topology.topology}/${drill}/${first.at}`,
    mark: `DRILL ${drill}${rehearsed}`,
    ...(reports !== undefined && { link: `${reports.replace(/\/$/, '')}/${encodeURIComponent(name)}` }),
  };
}

/** What every message says: where, how much time there is left, and where to look. */
function common(at: string, entries: readonly Entry[], { folder, host }: Kept): (Fact | undefined)[] {
  const { topology } = headerOf(entries);
  const { account, regions } = topology;
  return [
    budget(at, entries),
    {
      name: 'Where',
      text: `${topology.topology}, account ${account}, ${regions.primary} to ${regions.recovery}`,
    },
    { name: 'Run', text: `${folder} on ${host}` },
  ];
}

/** How much of the RTO is left, once time counts. */
function budget(at: string, entries: readonly Entry[]): Fact | undefined {
  const { rto } = headerOf(entries).drill.targets;
  const fromMs = recoveryFromMs(entries);
  const leftMs = rto === null || fromMs === undefined ? undefined : fromMs + rto - Date.parse(at);
  if (rto === null || leftMs === undefined || leftMs > rto) return undefined;
  const text =
    leftMs >= 0 ? `${inWords(leftMs)} of ${inWords(rto)} left` : `over by ${inWords(-leftMs)} of ${inWords(rto)}`;
  return { name: 'RTO budget', text };
}

function start(entries: readonly Entry[]): Told {
  const { drill, mode } = headerOf(entries);
  const { rto, rpo } = drill.targets;
  const limits = [...(rto === null ? [] : [`RTO ${inWords(rto)}`]), ...(rpo === null ? [] : [`RPO ${inWords(rpo)}`])];
  return {
    about: 'start',
    says: `${drill.title}: started`,
    urgent: false,
    facts: [
      limits.length === 0 ? undefined : { name: 'Targets', text: limits.join(', ') },
      { name: 'Next step', text: mode === 'live' ? 'None, unless a later message asks for one.' : 'None.' },
    ],
  };
}

function stepFailed({ step, outcome, error }: Extract<RunEvent, { type: 'step-ended' }>, { entries }: Around) {
  if (outcome === 'ok' || outcome === 'aborted') return undefined;
  // The answer that refused has been told.
  const isRefusal = entries.some((entry) => entry.type === 'answered' && entry.step === step && !entry.approves);
  if (isRefusal) return undefined;
  const why = outcome === 'deadline' ? `its deadline passed${error ? `: ${error.message}` : ''}` : error?.message;
  const { drill } = headerOf(entries);
  const holds = drill.machine !== 'backup-restore' && drill.onFailure === 'hold';
  return failure(`${titleOf(step, entries)}: ${why ?? outcome}`, [
    { name: 'Step', text: step },
    error?.hint === undefined ? undefined : { name: 'Fix', text: error.hint },
    {
      name: 'Next step',
      text: holds
        ? 'The drill stops: nothing is undone, and a person decides.'
        : 'The drill undoes its changes. If one of them cannot be undone, it stops and a person decides.',
    },
  ]);
}

function undoFailed({ step, outcome, error, command }: Extract<RunEvent, { type: 'undo-ended' }>, { entries }: Around) {
  if (outcome !== 'failed') return undefined;
  return failure(`Not undone: ${titleOf(step, entries)}. ${error?.message ?? ''}`.trim(), [
    { name: 'Step', text: step },
    command === undefined ? undefined : { name: 'Next step', text: command, isCode: true },
  ]);
}

/** A checklist leads to one notice for each role, not one for each item. */
function asked(event: Extract<RunEvent, { type: 'approval-asked' }>, { entries, folder }: Around): Told | undefined {
  const { step, role, question, item, until } = event;
  const first = entries.find((entry) => entry.type === 'approval-asked' && entry.step === step && entry.role === role);
  if (item !== undefined && first?.type === 'approval-asked' && first.item !== item) return undefined;
  const people = Object.values(headerOf(entries).topology.people ?? {}).filter(({ roles }) => roles.includes(role));
  return {
    about: 'decision-wanted',
    says: `${question} Asked of: ${role}`,
    urgent: true,
    role,
    people,
    facts: [
      { name: 'Waiting for', text: `${role}, until ${clockTime(until)}` },
      ...people.map((person) => ({ name: 'Reached by', text: reachedBy(person) })),
      { name: 'Next step', text: `dr-drill approve ${folder} --role ${quoted(role)}`, isCode: true },
    ],
  };
}

/** For the first reader, who may have to call the others. */
const reachedBy = ({ name, contacts }: Pick<Person, 'name' | 'contacts'>): string =>
  [name, ...Object.entries(contacts).map(([way, where]) => `${way} ${where}`)].join(', ');

const outcomes: Record<Outcome, string> = {
  passed: 'Passed',
  'target-missed': 'Target missed',
  failed: 'Failed',
  'rolled-back': 'Rolled back',
  aborted: 'Aborted',
};

function end({ outcome, reason }: Extract<RunEvent, { type: 'run-ended' }>, { entries, folder }: Around): Told {
  const header = headerOf(entries);
  const { rto } = limitsOf(header.drill.targets, entries);
  const { total } = recoveryTime(entries);
  const isRehearsal = header.mode === 'dry-run' || header.elsewhere !== undefined;
  return {
    about: 'end',
    says: `${outcomes[outcome]}: ${reason}`,
    // Something is held, and stays so until a person has decided.
    urgent: outcome === 'failed',
    facts: [
      rto === null
        ? undefined
        : { name: 'RTO', text: `${value(total)}, target ${against(hold(total, rto), total, isRehearsal)}` },
      { name: 'Next step', text: `dr-drill debrief ${folder}`, isCode: true },
    ],
  };
}

const failure = (says: string, facts: (Fact | undefined)[]): Told => ({ about: 'failure', says, urgent: true, facts });

const titleOf = (step: string, entries: readonly Entry[]): string =>
  entries.find((entry): entry is EventOf<'step-started'> => entry.type === 'step-started' && entry.step === step)
    ?.title ?? step;

const questionOf = (step: string, item: string | undefined, entries: readonly Entry[]): string =>
  entries.find(
    (entry): entry is EventOf<'approval-asked'> =>
      entry.type === 'approval-asked' && entry.step === step && entry.item === item,
  )?.question ?? step;

function answer(approves: boolean, item: string | undefined): string {
  if (item !== undefined) return approves ? 'says yes' : 'says no';
  return approves ? 'approves' : 'refuses';
}

const clockTime = (iso: string): string => `${iso.slice(11, 19)} UTC`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What others wrote may hold secrets, line breaks and characters that hide. */
const plain = (text: string): string => withoutSecrets(visible(text)).replace(/\s+/g, ' ').trim();

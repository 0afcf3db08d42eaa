import { inWords } from '../duration.ts';
import type { Decision } from '../plan/straight-path.ts';
import type { RunbookByHand, StepByHand } from './runbook.ts';
import type { Line, Variable } from './variables.ts';

/** What a runbook is written of, in every format. */
export type Block =
  | { heading: string }
  | { subheading: string }
  | { text: string; strong?: true }
  | { list: string[] }
  /** To be ticked off. */
  | { boxes: string[] }
  | { facts: [name: string, value: string][] }
  /** A table; empty cells are for a pen. */
  | { head: string[]; rows: string[][] }
  | { code: string }
  /** A step's headline, with room for a tick, the time and initials. */
  | { tick: string; name: string };

/** The runbook from top to bottom. */
export function documentOf(runbook: RunbookByHand): Block[] {
  return [
    { facts: factsOf(runbook) },
    { heading: 'Purpose' },
    { text: `${runbook.title}. This runbook is for people who have no dr-drill: each step has the commands to type.` },
    { heading: 'When to use it' },
    { text: runbook.when },
    { heading: 'Who decides' },
    { list: runbook.decides },
    { heading: 'Escalation and contacts' },
    { text: 'Ask in this order. If someone does not answer, ask the next one. Fill in on paper what is missing.' },
    {
      head: ['Role', 'Wait for an answer', 'Name', 'Contact'],
      rows: runbook.escalation.flatMap(({ role, waitMs, people }) =>
        (people.length === 0 ? [{ name: '', contacts: '' }] : people).map(({ name, contacts }) => [
          role,
          inWords(waitMs),
          name,
          contacts,
        ]),
      ),
    },
    { heading: 'Preconditions' },
    {
      boxes: [
        `You are logged in to AWS account ${runbook.account}: aws sts get-caller-identity`,
        'Your role has the permissions in the section IAM policy.',
        `These programs are installed: ${runbook.programs.join(', ') || 'none is needed'}.`,
        ...runbook.programs.flatMap((program) => loginsOf[program] ?? []),
        ...runbook.preconditions.map(preconditionWords),
      ],
    },
    { heading: 'Steps' },
    {
      text: 'Work in one shell from the first step to the last: commands use variables that earlier commands set. Write down the time of each step.',
    },
    ...lines('Type this first:', runbook.first),
    ...runbook.phases.flatMap(({ phase, decisions, rows }, index): Block[] => [
      { subheading: `Phase ${index + 1}: ${phase}` },
      ...decisionBlocks(decisions),
      ...(rows.length === 0 ? [{ text: emptyPhase(phase, decisions) }] : []),
      ...rows.flatMap((row) => ('step' in row ? stepBlocks(row.step) : [branchBlock(row)])),
    ]),
    ...(runbook.otherwise.length === 0
      ? []
      : [
          { heading: 'If another decision is made' },
          { text: 'These steps are done only if a decision leads to them.' },
          ...runbook.otherwise.flatMap(stepBlocks),
        ]),
    ...rollbackBlocks(runbook),
    { heading: 'Links and controls' },
    { list: [...runbook.links.map((link) => `Link: ${link}`), ...runbook.controls.map((one) => `Control: ${one}`)] },
    { heading: 'IAM policy' },
    { text: 'The minimum policy for these steps. Rights in Kubernetes and in the databases come on top.' },
    { code: JSON.stringify(runbook.policy, null, 2) },
    ...signOff,
  ];
}

/** For people to sign on paper. */
export const signOff: readonly Block[] = [
  { heading: 'Sign-off' },
  {
    head: ['Role', 'Name', 'Signature', 'Date and time'],
    rows: [
      ['Incident commander', '', '', ''],
      ['Followed by', '', '', ''],
    ],
  },
];

const limit = (ms: number | null): string => (ms === null ? 'none' : inWords(ms));

function factsOf({ drill, topology, about, account, regions, targets, objective }: RunbookByHand): [string, string][] {
  const both = ({ rtoMs, rpoMs }: RunbookByHand['targets']) => `RTO ${limit(rtoMs)}, RPO ${limit(rpoMs)}`;
  return [
    ['Drill', drill],
    ['Platform', about === null ? topology : `${topology}: ${about}`],
    ['AWS account', account],
    ['Regions', `${regions.primary} (primary), ${regions.recovery} (recovery)`],
    ['Targets', both(targets)],
    ...(objective.rtoMs === null && objective.rpoMs === null
      ? []
      : [['Platform objective', both(objective)] as [string, string]]),
  ];
}

/** What a program must be told once, so that the commands need no passwords. */
const loginsOf: Record<string, string> = {
  psql: 'PGUSER and PGPASSWORD are set for the databases.',
  mysql: 'User and password for the databases are in ~/.my.cnf.',
  'redis-cli': 'REDISCLI_AUTH is set, if the cache asks for a password.',
  'kafka-consumer-groups.sh': 'client.properties in this folder has the login for Kafka.',
};

const preconditionWords = ({ kind, subject, region, facts, calls }: RunbookByHand['preconditions'][number]): string =>
  [
    `Check ${subject} (${kind})${region === null ? '' : ` in ${region}`}`,
    ...(facts === '' ? [] : [facts]),
    ...(calls.length === 0 ? [] : [`look with ${calls.join(', ')}`]),
  ].join('; ');

const emptyPhase = (phase: string, decisions: readonly Decision[]): string =>
  phase === 'judge'
    ? 'Compare the times that you wrote down with the targets.'
    : decisions.length > 0
      ? 'Decide by these rules, and write down the decision and the time.'
      : 'There is nothing to do by hand.';

function decisionBlocks(decisions: readonly Decision[]): Block[] {
  if (decisions.length === 0) return [];
  const rules = decisions.map(({ decision, rule }) => `${decision.replaceAll('-', ' ')}, if ${plainRule(rule)}`);
  return [{ text: 'The first rule that applies decides:' }, { list: rules }];
}

/** `writerUnreachable` as `writer unreachable`. */
const plainRule = (rule: string): string => rule.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function branchBlock({ branch, beside, after }: { branch: string; beside: string[]; after: string[] }): Block {
  const where = [
    ...(after.length === 0 ? [] : [`after ${after.join(' and ')}`]),
    ...(beside.length === 0 ? [] : [`in parallel with ${beside.join(', ')}`]),
  ].join(', ');
  return { text: `${branch}${where === '' ? '' : `: ${where}`}`, strong: true };
}

export const variableLine = ({ name, command, about }: Variable): string =>
  command === null ? `${name}=""  # ${about}: fill it in` : `${name}="$(${command})"`;

const lineText = (line: Line): string => ('keep' in line ? line.keep : variableLine(line));

const lines = (title: string, all: readonly Line[]): Block[] =>
  all.length === 0 ? [] : [{ text: title }, { code: all.map(lineText).join('\n') }];

function stepBlocks(step: StepByHand): Block[] {
  const { number, title, region, usuallyMs, deadlineMs, noReturn, command, doneWhen, fails, undo } = step;
  const about = [
    ...(region === null ? [] : [`In ${region}`]),
    `Usually ${inWords(usuallyMs)}`,
    `Deadline ${inWords(deadlineMs)}`,
  ].join('. ');
  return [
    { tick: `${number}. ${title}`, name: step.step },
    { text: `${about}.` },
    ...(noReturn === null
      ? []
      : [{ text: `Point of no return: ${noReturn}. Ask the incident commander first.`, strong: true as const }]),
    ...lines('Set first, from what earlier steps showed:', step.asked),
    ...lines('Note how it stands now. The undo needs it:', step.before),
    { code: command },
    ...lines('Note for later steps:', step.after),
    { text: `Done when: ${doneWhen}` },
    { text: `If it fails: ${fails}` },
    ...(undo === null ? [] : [{ text: 'Undo:' }, { code: undo }]),
  ];
}

function rollbackBlocks({ rollback: { undone, heldAfter, afterwards } }: RunbookByHand): Block[] {
  return [
    { heading: 'Rollback' },
    ...heldAfter.map(
      ({ step, why }): Block => ({
        text: `After ${step} undo nothing: ${why}. The incident commander decides.`,
        strong: true,
      }),
    ),
    {
      text:
        undone.length === 0
          ? 'There is nothing to undo.'
          : 'Undo only the steps that you have done, in this order: the last one first.',
    },
    ...undone.flatMap(({ number, title, step, undo, staysBehindUndo }): Block[] => [
      { tick: `Undo step ${number}: ${title}`, name: step },
      { code: undo ?? '' },
      ...(staysBehindUndo === null ? [] : [{ text: `A person decides: ${staysBehindUndo}.`, strong: true as const }]),
    ]),
    ...(afterwards.length === 0
      ? []
      : [
          { text: 'After a rollback, do this:' },
          ...afterwards.map(({ number, title, step, command }): Block[] => [
            { tick: `Step ${number}: ${title}`, name: step },
            { code: command },
          ]),
        ].flat()),
  ];
}

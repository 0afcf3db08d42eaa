import { stepNames } from '../../state-machines/index.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import type { Json } from '../journal/events.ts';
import { type IamPolicy, iamPolicyFor } from '../plan/iam-policy.ts';
import { type Plan, planOf } from '../plan/plan.ts';
import { planSteps } from '../plan/plan-steps.ts';
import { type PlannedPart, type PlannedStep, stepsIn as plannedIn } from '../plan/planned.ts';
import type { Decision } from '../plan/straight-path.ts';
import { callsFor, subjectOf } from '../platform/looks.ts';
import { steps as known } from '../platform/steps.ts';
import type { Facts, RunbookStep } from '../runbook/form.ts';
import { preflightNeeds } from '../runbook/look.ts';
import { ESCALATION } from '../runbook/multi-region-failover.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { withoutSecrets, withoutSecretsIn } from '../secrets.ts';
import type { Need } from '../steps/needs.ts';
import type { AnyStep } from '../steps/step.ts';
import { programsIn } from './shell.ts';
import { type Line, type Variable, Variables } from './variables.ts';
import { ifItFails, whenFollowed, whoDecides } from './words.ts';

/** What people would do by hand, with the commands that they would type. */
export interface RunbookByHand {
  drill: string;
  title: string;
  topology: string;
  about: string | null;
  account: string;
  regions: Topology['regions'];
  targets: Plan['targets'];
  objective: Plan['objective'];
  when: string;
  decides: string[];
  links: string[];
  controls: string[];
  programs: string[];
  preconditions: Precondition[];
  /** Set once, before the first step. */
  first: Variable[];
  phases: { phase: string; decisions: Decision[]; rows: Row[] }[];
  /** Steps that are on the way only where another decision is made. */
  otherwise: StepByHand[];
  rollback: {
    undone: StepByHand[];
    heldAfter: { step: string; why: string }[];
    /** Steps that follow a rollback. */
    afterwards: StepByHand[];
  };
  escalation: Asked[];
  policy: IamPolicy;
}

/** What must be there before the first step. */
export interface Precondition {
  kind: string;
  subject: string;
  region: string | null;
  facts: string;
  calls: readonly string[];
}

/** A step, or the head of a branch that runs beside others. */
export type Row = { step: StepByHand } | { branch: string; beside: string[]; after: string[] };

/** A role that is asked, in this order. */
export interface Asked {
  role: string;
  /** How long an answer is waited for before the next role is asked. */
  waitMs: number;
  /** Who answers for it, as the topology says, in the order in which they are called. */
  people: { name: string; contacts: string }[];
}

export interface StepByHand {
  number: number;
  step: string;
  title: string;
  region: string | null;
  usuallyMs: number;
  deadlineMs: number;
  /** What a person must set first, because no command reads it. */
  asked: Variable[];
  before: Line[];
  command: string;
  after: Line[];
  doneWhen: string;
  fails: string;
  noReturn: string | null;
  /** What takes it back; null where there is nothing to take back. */
  undo: string | null;
  staysBehindUndo: string | null;
}

/** What people would do instead of a drill. Made of the same machine, runbook and steps as its plan. */
export function runbookByHand(drill: Drill, topology: Topology): RunbookByHand {
  const plan = planOf(drill, topology);
  const commands = new Commands(drill, topology);
  let number = 0;
  const failing = (planned: PlannedStep) => ifItFails(planned, plan);
  const byHand = (planned: PlannedStep): StepByHand => {
    number += 1;
    return { number, ...commands.of(planned), fails: failing(planned) };
  };
  const rowsOf = (parts: readonly PlannedPart[]): Row[] =>
    parts.flatMap((part): Row[] =>
      'step' in part
        ? [{ step: byHand(part) }]
        : part.sideBySide.flatMap((one): Row[] => [
            ...(part.sideBySide.length > 1 ? [headOf(one, part.sideBySide)] : []),
            ...rowsOf(one.parts),
          ]),
    );
  const phases = plan.phases.map(({ phase, parts, decisions }) => ({ phase, decisions, rows: rowsOf(parts) }));
  const done = stepsIn(phases);
  const planned = [...done, ...plan.otherwise, ...plan.ifAStepFails.afterwards].map(({ step }) => step);
  const others = stepNames(runbookFor(drill, topology).course).filter((step) => !planned.includes(step));
  const otherwise = [
    ...plan.otherwise,
    ...planSteps([{ phase: '', parts: others.map((step) => ({ step })), decisions: [] }], drill, topology).flatMap(
      ({ parts }) => parts.flatMap(plannedIn),
    ),
  ].map(byHand);
  const { undone, heldAfter, afterwards } = plan.ifAStepFails;
  const made: Omit<RunbookByHand, 'programs'> = {
    drill: drill.drill,
    title: plan.title,
    topology: topology.topology,
    about: topology.description ?? null,
    account: topology.account,
    regions: topology.regions,
    targets: plan.targets,
    objective: plan.objective,
    when: whenFollowed(drill, topology),
    decides: whoDecides(drill, plan),
    links: drill.runbook,
    controls: drill.controls,
    preconditions: preflightNeeds(drill, topology).map(preconditionOf),
    first: commands.first,
    phases,
    otherwise,
    rollback: {
      undone: undone.flatMap(({ step }) => done.find((one) => one.step === step) ?? []),
      heldAfter,
      afterwards: afterwards.map((planned) => done.find((one) => one.step === planned.step) ?? byHand(planned)),
    },
    escalation: commands.asked(),
    policy: iamPolicyFor(plan, 'live'),
  };
  const all = [...done, ...otherwise, ...made.rollback.afterwards];
  return withoutSecretsIn({ ...made, programs: programsIn(all.flatMap(linesOf)) });
}

/** Every step on the way, in order. */
export const stepsIn = (phases: RunbookByHand['phases']): StepByHand[] =>
  phases.flatMap(({ rows }) => rows.flatMap((row) => ('step' in row ? [row.step] : [])));

/** Everything of a step that is typed. */
const linesOf = ({ before, command, after, undo }: StepByHand): string[] => [
  ...[...before, ...after].flatMap((line) => ('keep' in line ? line.keep : (line.command ?? []))),
  command,
  ...(undo === null ? [] : [undo]),
];

type Branches = Extract<PlannedPart, { sideBySide: unknown }>['sideBySide'];

const headOf = ({ branch, after }: Branches[number], all: Branches): Row => ({
  branch,
  after,
  beside: all
    .filter((one) => one.branch !== branch && !after.includes(one.branch) && !one.after.includes(branch))
    .map((one) => one.branch),
});

function preconditionOf(need: Need): Precondition {
  const { need: kind, region, ...facts } = need as Need & { region?: string };
  const subject = subjectOf(need);
  const told = Object.entries(facts).flatMap(([name, value]) => {
    if (!['string', 'number', 'boolean'].includes(typeof value) || value === subject) return [];
    const words = name.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return [`${words} ${name.endsWith('Ms') ? inWords(Number(value)) : value}`];
  });
  return {
    kind: kind.replaceAll('-', ' '),
    subject: withoutSecrets(subject),
    region: region ?? null,
    facts: told.join(', '),
    calls: callsFor(need),
  };
}

/** The commands of a runbook's steps, with shell variables for what only a run knows. */
class Commands {
  readonly #entries: Record<string, RunbookStep>;
  readonly #variables = new Variables();
  readonly #given = new Map<string, object>();
  readonly #facts: Facts;
  readonly first: Variable[];

  readonly #people: NonNullable<Topology['people']>;

  constructor(drill: Drill, topology: Topology) {
    this.#people = topology.people ?? {};
    this.#entries = runbookFor(drill, topology).steps;
    const run = this.#variables.reading('run', (read) => read.number('number', 'date +%s%3N'));
    this.first = run.lines.filter((line): line is Variable => 'name' in line);
    this.#facts = {
      startedAtMs: run.value,
      results: {},
      beforeRun: true,
      standIn: (step, beforeRun) => this.#standIn(step, beforeRun),
    };
  }

  of(planned: PlannedStep): Omit<StepByHand, 'number' | 'fails'> {
    const { step: name, title, region, usuallyMs, deadlineMs, pointOfNoReturn, staysBehindUndo } = planned;
    const entry = this.#entries[name];
    const step = entry && known.get(entry.kind);
    if (!entry || !step) throw new DrillError('step-missing', `The runbook has no step named ${name}.`);
    const params = step.params.parse(entry.params(this.#facts));
    const variables = this.#variables;
    const before = variables.reading(name, (read) => step.byHand?.finds?.(params, read) ?? null);
    const command = variables.inShell(step.command(params));
    const after = variables.reading(name, (read) => step.byHand?.gives?.(params, read, before.value));
    if (after.value) this.#given.set(name, after.value);
    const undo = step.undo ? variables.inShell(undoOf(step, params, before.value)) : null;
    return {
      step: name,
      title,
      region,
      usuallyMs,
      deadlineMs,
      asked: variables.takeAsked(),
      before: before.lines,
      command,
      after: after.lines,
      doneWhen: variables.inShell(step.doneWhen?.(params) ?? 'It has done what its title says.'),
      noReturn: pointOfNoReturn,
      undo,
      staysBehindUndo,
    };
  }

  /** The roles that steps ask; those that a failover asks, where no step asks anyone. */
  asked(): Asked[] {
    const asked = Object.values(this.#entries).flatMap((entry) => {
      const step = known.get(entry.kind);
      const { roles, items, eachMs } = (step?.kind.startsWith('people.') ? entry.params(this.#facts) : {}) as {
        roles?: string[];
        items?: { role: string }[];
        eachMs?: number;
      };
      return [...(roles ?? []), ...(items ?? []).map(({ role }) => role)].map((role) => ({
        role,
        waitMs: eachMs ?? 0,
      }));
    });
    const all = asked.length > 0 ? asked : ESCALATION.roles.map((role) => ({ role, waitMs: ESCALATION.each }));
    return [...new Map(all.map((one) => [one.role, one])).values()].map((one) => ({
      ...one,
      people: Object.values(this.#people)
        .filter(({ roles }) => roles.includes(one.role))
        .map(({ name, contacts }) => ({
          name,
          contacts: Object.entries(contacts)
            .map(([way, where]) => `${way} ${where}`)
            .join(', '),
        })),
    }));
  }

  /** What a step gave, as variables; what no command reads, a person is asked for. */
  #standIn(step: string, beforeRun: unknown): unknown {
    const given = this.#given.get(step);
    const asked = (value: unknown, path: string): unknown => {
      if (typeof value === 'string' && /^<.*>$/.test(value)) return this.#variables.asked(value);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      const entries = Object.entries(value).map(([key, one]): [string, unknown] => {
        const had = given && path === '' ? (given as Record<string, unknown>)[key] : undefined;
        return [key, had ?? asked(one, `${path} ${key}`)];
      });
      return { ...(path === '' ? given : {}), ...Object.fromEntries(entries) };
    };
    return beforeRun === null ? (given ?? null) : asked(beforeRun, '');
  }
}

function undoOf(step: AnyStep, params: unknown, found: Json): string {
  const own = step.byHand?.undo?.(params, found);
  return own ?? step.undoCommand?.(params, { done: false, state: found }) ?? '# nothing to undo';
}

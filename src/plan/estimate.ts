import { kindOf, objectOf } from '../components/index.ts';
import { kindsBehind } from '../components/schemas.ts';
import { failureSteps } from '../drill/breakage.ts';
import { componentsBehind } from '../drill/components.ts';
import type { Drill } from '../drill/drill.ts';
import { FAILURE, measuresOf, SERVED } from '../drill/measures.ts';
import type { Topology } from '../drill/topology.ts';
import { steps } from '../platform/steps.ts';
import { type PlannedBranch, type PlannedPart, type PlannedPhase, stepsOf } from './planned.ts';

/** Something that the recovery would wait for: a step or, where `step` is null, the customers' DNS caches. */
export interface Waited {
  step: string | null;
  title: string;
  /** Counted from where the estimate begins. */
  afterMs: number;
  usuallyMs: number;
}

/** Branches that run side by side: the longest decides, the others have slack. */
export interface Race {
  decides: string;
  branches: { branch: string; usuallyMs: number; slackMs: number }[];
}

export interface Estimate {
  /** To be shown wherever the figures are. */
  label: string;
  span: string;
  recoveryMs: number;
  /** What is left of the targeted RTO; below zero, by how much it would be missed; null where there is none. */
  rtoToSpareMs: number | null;
  criticalPath: Waited[];
  races: Race[];
}

const LABEL = "estimate for planning, from each step's usual duration; never a measurement";

/** The phases that a recovery lasts for, as it is measured after a run. */
const recoveries: Record<Exclude<Drill['machine'], 'custom'>, Span> = {
  'multi-region-failover': {
    span: 'from the failure until traffic is shifted and DNS caches have run out',
    from: 'detect',
    to: 'shift',
  },
  'network-partition': {
    span: 'from the cut until traffic is shifted and DNS caches have run out, should the recovery region take over',
    from: 'detect',
    to: 'shift',
  },
  'backup-restore': {
    span: 'from choosing the recovery point until the restored data are proven',
    from: 'choose',
    to: 'check',
  },
};

interface Span {
  span: string;
  from: string;
  to: string;
}

function spanOf(drill: Drill, topology: Topology, phases: readonly PlannedPhase[]): Span {
  if (drill.machine === 'network-partition' && drill.quorum.holder === 'primary')
    return { span: 'nothing fails over: customers stay where they are', from: '', to: '' };
  if (drill.machine !== 'custom') {
    const usual = recoveries[drill.machine];
    return keepsAddresses(topology)
      ? { ...usual, span: usual.span.replace(' and DNS caches have run out', '') }
      : usual;
  }
  const { recovery } = measuresOf(drill);
  const own = drill.phases.map(({ phase }) => phase);
  if (recovery === null) return { span: 'of all its phases', from: own[0] ?? '', to: own.at(-1) ?? '' };
  const failures = failureSteps(drill);
  const broken = phases.findIndex((one) => stepsOf([one]).some(({ step }) => failures.includes(step)));
  const from = recovery.from === FAILURE ? (phases[broken + 1]?.phase ?? '') : recovery.from;
  // Customers wait for the traffic's shift, or for the last change before service is verified; what comes behind it only looks on.
  const waiting = phases.slice(
    Math.max(
      0,
      phases.findIndex(({ phase }) => phase === from),
    ),
  );
  const verified = waiting.findIndex((one) => stepsOf([one]).some(({ kind }) => steps.get(kind)?.seesCustomersServed));
  const changing = waiting.slice(0, verified === -1 ? undefined : verified);
  const shift = waiting.findLast((one) => stepsOf([one]).some(isShift))?.phase;
  const change = changing.findLast((one) => own.includes(one.phase) && stepsOf([one]).some(isChange))?.phase;
  const to = recovery.until === SERVED ? (shift ?? change ?? own.at(-1) ?? '') : recovery.until;
  const begins = recovery.from === FAILURE ? 'the failure' : `the phase ${from}`;
  const ends =
    shift && recovery.until === SERVED
      ? `the shift of the traffic${keepsAddresses(topology) ? '' : ', with DNS caches run out'}`
      : `the end of the phase ${to}`;
  return { span: `from ${begins} to ${ends}`, from, to };
}

const isShift = ({ kind }: { kind: string }): boolean => steps.get(kind)?.standing !== undefined;
/** What is asked of applications goes past AWS. */
const ofApplications = new Set(kindsBehind('kubernetes').flatMap((one) => kindOf(one).steps.map(({ kind }) => kind)));

/** A step that customers wait for; what only looks on comes behind. */
const isChange = ({ calls, kind }: { calls: { mutating: boolean }[]; kind: string }): boolean =>
  calls.some(({ mutating }) => mutating) || ofApplications.has(kind);

/** How long the recovery would usually take, and what it would wait for. */
export function estimate(drill: Drill, topology: Topology, phases: readonly PlannedPhase[]): Estimate {
  const { span, from, to } = spanOf(drill, topology, phases);
  const names = phases.map(({ phase }) => phase);
  const recovery = phases.slice(names.indexOf(from), names.indexOf(to) + 1);
  const { waits, races } = chainOf(recovery.flatMap(({ parts }) => parts));
  const caches = cachesOf(topology);
  if (caches && stepsOf(recovery).some(isShift)) waits.push(caches);

  const criticalPath: Waited[] = [];
  let recoveryMs = 0;
  for (const wait of waits) {
    criticalPath.push({ ...wait, afterMs: recoveryMs });
    recoveryMs += wait.usuallyMs;
  }
  const { rto } = drill.targets;
  const rtoToSpareMs = rto === null ? null : rto - recoveryMs;
  return { label: LABEL, span, recoveryMs, rtoToSpareMs, criticalPath, races };
}

type Wait = Omit<Waited, 'afterMs'>;

/** What a row of steps waits for: each in turn, and of branches side by side the longest. */
function chainOf(parts: readonly PlannedPart[]): { waits: Wait[]; races: Race[] } {
  const waits: Wait[] = [];
  const races: Race[] = [];
  for (const part of parts) {
    if ('step' in part) {
      waits.push({ step: part.step, title: part.title, usuallyMs: part.usuallyMs });
      continue;
    }
    const branches = chainsOf(part.sideBySide);
    const [longest] = branches.toSorted((a, b) => b.usuallyMs - a.usuallyMs);
    if (!longest) continue;
    waits.push(...longest.waits);
    races.push(...branches.flatMap((branch) => branch.races), {
      decides: longest.branch,
      branches: branches.map(({ branch, usuallyMs }) => ({
        branch,
        usuallyMs,
        slackMs: longest.usuallyMs - usuallyMs,
      })),
    });
  }
  return { waits, races };
}

interface Chain {
  branch: string;
  waits: Wait[];
  races: Race[];
  usuallyMs: number;
}

/** What each branch waits for: before its own steps, the longest of the branches that come before it. */
function chainsOf(branches: readonly PlannedBranch[]): Chain[] {
  const known = new Map<string, Chain>();
  const chain = (one: PlannedBranch, behind: readonly string[]): Chain => {
    const found = known.get(one.branch);
    if (found) return found;
    const own = chainOf(one.parts);
    const before = branches
      .filter(({ branch }) => one.after.includes(branch) && !behind.includes(branch))
      .map((other) => chain(other, [...behind, one.branch]))
      .toSorted((a, b) => b.usuallyMs - a.usuallyMs)[0];
    const waits = [...(before?.waits ?? []), ...own.waits];
    const made = {
      ...own,
      branch: one.branch,
      waits,
      usuallyMs: waits.reduce((sum, { usuallyMs }) => sum + usuallyMs, 0),
    };
    known.set(one.branch, made);
    return made;
  };
  return branches.map((one) => chain(one, []));
}

/** No resolver has anything to forget where a public name leads to an accelerator. */
const keepsAddresses = (topology: Topology): boolean => cachesOf(topology) === undefined;

/** The caches that are waited for longest: those of the public name whose answers may be kept longest, all running out side by side. */
function cachesOf(topology: Topology): Wait | undefined {
  const names = componentsBehind('dns', topology).flatMap((one) => {
    const keptMs = objectOf(one).answersKeptMs?.(one as never);
    return keptMs === undefined ? [] : { name: one.name, keptMs };
  });
  const [longest, ...others] = names.toSorted((a, b) => b.keptMs - a.keptMs);
  if (!longest) return undefined;
  const asWell = others.length === 0 ? '' : ` (and for ${others.map(({ name }) => name).join(', ')} by then)`;
  return {
    step: null,
    title: `Cached DNS answers expire for ${longest.name}${asWell}`,
    usuallyMs: longest.keptMs,
  };
}

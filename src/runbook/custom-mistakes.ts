import type * as z from 'zod';
import type { Counting } from '../components/described.ts';
import { kindsThatDo } from '../components/index.ts';
import { countings } from '../components/schemas.ts';
import { OF_ONE, verbs } from '../components/verbs.ts';
import { arnsFit } from '../drill/arns-fit.ts';
import { bringingSteps, EXPERIMENT } from '../drill/breakage.ts';
import { allComponents, meantBy } from '../drill/components.ts';
import type { CustomDrill, CustomStep } from '../drill/drill.ts';
import { nowAt } from '../drill/former-form.ts';
import { FAILURE, SERVED } from '../drill/measures.ts';
import type { Complaint } from '../drill/mistakes.ts';
import { nearest, nearestName } from '../drill/near.ts';
import type { Topology } from '../drill/topology.ts';
import { steps as known } from '../platform/steps.ts';
import { componentsFor, isVerb } from './lines.ts';
import { type Placed, placedSteps } from './placed-steps.ts';
import { at, referencesIn } from './references.ts';

type Path = PropertyKey[];

const REFERENCES = ['store', 'topology.…', 'results.<step>.…'].map((one) => `\${${one}}`).join(' or ');

/** What a drill file can use: kinds of steps, and verbs. */
const usable = (): string[] => [
  ...[...known.values()].filter((step) => step.given).map(({ kind }) => kind),
  ...Object.keys(verbs),
];

/** What may be in the `with` of a line. */
const schemaOf = ({ uses }: CustomStep): z.ZodType | undefined =>
  isVerb(uses) ? verbs[uses] : known.get(uses)?.given?.schema;

/** Names that every machine has for itself. */
const RESERVED = ['preflight', 'working', 'rollback', 'clean-up', 'settled', 'undone', 'judge', 'judged', SERVED];

/** What the schema of a course of its own cannot say. */
export function customMistakes(drill: CustomDrill, topology: Topology): Complaint[] {
  const placed = placedSteps(drill);
  return [
    ...phaseMistakes(drill),
    ...placed.flatMap((one, index) => stepMistakes(one, placed.slice(0, index), { topology, about: drill.of })),
    ...placed.flatMap((one) => severalMistakes(one, drill, topology)),
    ...measureMistakes(drill, placed),
    ...experimentMistakes(placed),
  ];
}

function phaseMistakes({ phases }: CustomDrill): Complaint[] {
  return phases.flatMap((one, index) => {
    const { phase, steps, parallel } = one;
    const path: Path = ['phases', index];
    const found: Complaint[] = [];
    if (RESERVED.includes(phase))
      found.push(wrong([...path, 'phase'], `every drill already has a phase '${phase}'`, 'another name'));
    if (phases.findIndex((other) => other.phase === phase) < index)
      found.push(wrong([...path, 'phase'], `there is a phase '${phase}' already`, 'a name of its own'));
    if ((steps === undefined) === (parallel === undefined) || (steps ?? Object.values(parallel ?? {})).length === 0)
      found.push(
        wrong(path, `the phase ${phase} needs steps or parallel, one of them`, 'steps: […] or parallel: { name: […] }'),
      );
    return found;
  });
}

function stepMistakes(
  { path, step }: Placed,
  before: readonly Placed[],
  { topology, about }: { topology: Topology; about: string | undefined },
): Complaint[] {
  const found: Complaint[] = [];
  const earlier = before.map((one) => one.step.step);
  if (earlier.includes(step.step) || RESERVED.includes(step.step))
    found.push(wrong([...path, 'step'], `there is a step '${step.step}' already`, 'a name of its own'));
  if (!schemaOf(step)) {
    const suggestion = nearestName(step.uses, usable());
    const expected = 'a kind of step, as `dr-drill steps` lists them';
    found.push({
      ...wrong([...path, 'uses'], `there is no step of the kind '${step.uses}'`, expected),
      ...(suggestion && { suggestion }),
    });
  }
  if (meantBy(step.of, topology).length === 0) {
    const names = allComponents(topology).map(({ id }) => id);
    const suggestion = nearest(step.of, names);
    found.push({
      ...wrong([...path, 'of'], `the topology has no component '${step.of}'`, `one of ${names.join(', ')}`),
      ...(suggestion && { suggestion }),
    });
  } else if (step.of !== undefined && isVerb(step.uses) && componentsFor(step.uses, step.of, topology).length === 0) {
    const expected = `a component of the kind ${kindsThatDo(step.uses).join(' or ')}`;
    found.push(wrong([...path, 'of'], `the component '${step.of}' does not do '${step.uses}'`, expected));
  }
  for (const { keys, named } of namesOfSteps(step)) {
    if (earlier.includes(named)) continue;
    const suggestion = nearest(named, earlier);
    const complaint = wrong(
      [...path, 'with', ...keys],
      `no step before this one is called '${named}'`,
      'an earlier step',
    );
    found.push({ ...complaint, ...(suggestion && { suggestion }) });
  }
  found.push(...arnMistakes(step, topology).map((one) => ({ ...one, path: [...path, 'with', ...one.path] })));
  for (const { path: inner, words } of referencesIn(step.with)) {
    const [where, first = '', ...rest] = words;
    const text = `\${${words.join('.')}}`;
    const place = [...path, 'with', ...inner];
    if (where === 'store') {
      // A store that the topology does not have is reported once, for the whole drill.
      if ((step.of ?? about) === undefined)
        found.push(wrong(place, `${text}: nothing says which data store is meant`, "the key 'of', here or at the top"));
    } else if (where === 'topology') {
      if (at(topology, [first, ...rest]) === undefined) {
        const now = nowAt([first, ...rest], topology);
        found.push({
          ...wrong(place, `${text}: the topology has no such value`, 'a path in the topology file'),
          ...(now !== undefined && { suggestion: `\${topology.${now}}` }),
        });
      }
    } else if (where !== 'results') {
      found.push(wrong(place, `${text} refers to nothing`, REFERENCES));
    } else if (!earlier.includes(first)) {
      const suggestion = nearest(first, earlier);
      found.push({
        ...wrong(place, `${text}: no step before this one is called '${first}'`, 'an earlier step'),
        ...(suggestion && { suggestion }),
      });
    }
  }
  return found;
}

/** ARNs of another account or region than the topology's, or of another region than the one that the step is asked for. */
function arnMistakes(step: CustomStep, topology: Topology): Complaint[] {
  const side = step.with.in;
  const regions = side === 'primary' || side === 'recovery' ? [topology.regions[side]] : undefined;
  return arnsFit(step.with, topology, { regions });
}

/** One name cannot be given to what several data stores make. */
function severalMistakes({ path, step }: Placed, drill: CustomDrill, topology: Topology): Complaint[] {
  const { uses, of = drill.of } = step;
  if (!isVerb(uses) || !OF_ONE.includes(uses)) return [];
  const names = componentsFor(uses, of, topology).map(({ id }) => id);
  if (names.length < 2) return [];
  const message = `'${uses}' is asked of one data store, and ${names.join(', ')} could all do it`;
  return [wrong([...path, 'uses'], message, `the key 'of', here or at the top, with one of ${names.join(', ')}`)];
}

/** The earlier steps that a `with` names, and where it does. */
function namesOfSteps(step: CustomStep): { keys: string[]; named: string }[] {
  const { shape = {} } = (schemaOf(step) ?? {}) as { shape?: Record<string, z.ZodType> };
  return Object.entries(step.with).flatMap(([key, value]) => {
    const meta = shape[key]?.meta();
    if (meta?.earlierStep) return [{ keys: [key], named: String(value) }];
    if (!meta?.earlierSteps) return [];
    return Object.entries(value ?? {}).map(([inner, named]) => ({ keys: [key, inner], named: String(named) }));
  });
}

/** What goes on beside later steps must be stopped; where an old writer is fenced, while someone still sees to the fence. */
function experimentMistakes(placed: readonly Placed[]): Complaint[] {
  const stops = placed.filter(({ step }) => step.uses === 'fis.stop-experiment');
  const isFenced = placed.some(({ step: { uses } }) => uses === 'data.fence' || known.get(uses)?.keep);
  return placed
    .filter(({ step }) => step.uses === EXPERIMENT && step.with.until === 'running')
    .flatMap(({ path, step }) => {
      const stop = stops.find((one) => one.step.with.experiment === step.step);
      const expected = `a step that uses fis.stop-experiment, with: { experiment: ${step.step} }`;
      if (!stop) return [wrong([...path, 'with', 'until'], 'the experiment continues, and nothing stops it', expected)];
      if (!isFenced || stop.path[0] !== 'cleanUp') return [];
      return [
        wrong(
          [...stop.path, 'uses'],
          'the old writer would come back when nothing keeps it fenced',
          'this step in a phase, before service is verified',
        ),
      ];
    });
}

function measureMistakes(drill: CustomDrill, placed: readonly Placed[]): Complaint[] {
  const { measure, targets, phases, probe, heartbeat } = drill;
  const { recovery, loss } = measure;
  const names = phases.map(({ phase }) => phase);
  const uses = (kind: string) => placed.some(({ step }) => step.uses === kind);
  const found: Complaint[] = [];
  if (recovery) {
    const unknown = (['from', 'until'] as const).filter(
      (end) => recovery[end] !== (end === 'from' ? FAILURE : SERVED) && !names.includes(recovery[end]),
    );
    for (const end of unknown) {
      const suggestion = nearest(recovery[end], names);
      const word = end === 'from' ? FAILURE : SERVED;
      found.push({
        ...wrong(
          ['measure', 'recovery', end],
          `there is no phase '${recovery[end]}'`,
          `${word}, or one of ${names.join(', ')}`,
        ),
        ...(suggestion && { suggestion }),
      });
    }
    if (recovery.from === FAILURE && bringingSteps(drill).length === 0 && !names.includes(FAILURE))
      found.push(
        wrong(
          ['measure', 'recovery', 'from'],
          'nothing brings a failure about',
          'a step that uses failure.bring-about, or an experiment with: { failure: … }',
        ),
      );
    if (recovery.until === SERVED && !probe)
      found.push(wrong(['measure', 'recovery', 'until'], 'nobody watches as a customer', "the key 'probe'"));
  }
  if (targets.rto !== null && !recovery)
    found.push(
      wrong(['targets', 'rto'], 'an RTO is wanted, but no recovery time is measured', 'measure.recovery, or null'),
    );
  if (targets.rpo !== null && !loss)
    found.push(wrong(['targets', 'rpo'], 'an RPO is wanted, but no data loss is measured', 'measure.loss, or null'));
  if (
    loss === 'heartbeats' &&
    !heartbeat &&
    !uses('data.write-heartbeats') &&
    !stepsOf('heartbeats', 'writes').some(uses)
  )
    found.push(
      wrong(
        ['measure', 'loss'],
        'no heartbeat rows are written',
        "the key 'heartbeat', or a step that uses data.write-heartbeats",
      ),
    );
  if (
    loss === 'heartbeats' &&
    !uses('data.count-heartbeats') &&
    !uses('data.count') &&
    !stepsOf('heartbeats', 'counts').some(uses)
  )
    found.push(wrong(['measure', 'loss'], 'nothing counts the heartbeat rows', 'a step that uses data.count'));
  if (loss === 'markers') {
    const [writing, counting] = [stepsOf('markers', 'writes'), stepsOf('markers', 'counts')];
    const step = (kinds: string[]) => `a step that uses ${kinds.join(' or ')}`;
    if (!writing.some(uses)) found.push(wrong(['measure', 'loss'], 'no marker records are written', step(writing)));
    if (!counting.some(uses))
      found.push(wrong(['measure', 'loss'], 'nothing counts the marker records', step(counting)));
  }
  return found;
}

/** The kinds of step by which kinds of component write or count what they number themselves. */
const stepsOf = (of: Counting['of'], what: 'writes' | 'counts'): string[] =>
  countings.flatMap((one) => (one.of === of ? [one[what]] : []));

const wrong = (path: Path, message: string, expected: string): Complaint => ({
  about: 'value',
  path,
  message,
  expected,
});

/** What is in the `with` of each line, with the schema that it must fit. */
export const withsOf = (drill: CustomDrill) =>
  placedSteps(drill).flatMap(({ path, step }) => {
    const schema = schemaOf(step);
    return schema ? [{ path: [...path, 'with'], schema, data: step.with, of: step.of ?? drill.of }] : [];
  });

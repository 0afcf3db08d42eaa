import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type * as z from 'zod';
import { arnsFit } from './arns-fit.ts';
import { checkDrill, checkNames, checkTogether } from './checks.ts';
import { checksOf } from './data-checks.ts';
import { type Drill, drillSchema, type SurpriseFile } from './drill.ts';
import { DrillFileError } from './drill-file-error.ts';
import { withFileDefaults } from './file-defaults.ts';
import { formerForm, formerOption, movedKey, removedKey } from './former-form.ts';
import { otherKind } from './kind-of-file.ts';
import { forCandidates, isOwn, readSurprise } from './load-surprise.ts';
import { locate, type Path, type Sources } from './locate.ts';
import { type Checked, type Complaint, checkAgainst, mistakesAt } from './mistakes.ts';
import { openReferencesIn } from './open-references.ts';
import { type Override, parseOverride, withOverride } from './override.ts';
import { neighbour } from './read-text.ts';
import { type Mistake, short } from './source-text.ts';
import { takeInSqlFiles } from './sql-files.ts';
import { type Topology, topologySchema } from './topology.ts';
import { checkTopology } from './topology-fits.ts';
import { readYamlFile } from './yaml-source.ts';

export type { Mistake } from './source-text.ts';

export interface LoadOptions {
  /** `path=value` as given to `--set`; `topology.` at the front leads into the topology file. */
  overrides?: readonly string[];
  /** Without it, a file is compared with its schema only. */
  vocabulary?: Vocabulary;
}

/** What machines and steps there are. */
export interface Vocabulary {
  /** The steps of a drill's machine, to hold deadlines and consent against. */
  stepNames(drill: Drill, topology: Topology): readonly string[];
  /** What steps of a drill cannot do on a topology. Asked once everything else is right. */
  lacking(drill: Drill, topology: Topology): Complaint[];
  /** Takes in the steps of a user's own module, by its path, or passes it over; gives what is wrong with it, or nothing. */
  takeInSteps(file: string): string | undefined;
  /** What is wrong in a drill's own course. */
  mistakesIn(drill: Drill, topology: Topology): Complaint[];
  /** Parts of a drill that have a schema of their own, with their paths. */
  partsOf(drill: Drill, topology: Topology): { path: Path; schema: z.ZodType; data: unknown }[];
  /** What steps of the user's own say wrongly of themselves in a drill that is otherwise right. */
  mistakesInOwnSteps(drill: Drill, topology: Topology): Complaint[];
}

export interface LoadedDrill {
  drill: Drill;
  topology: Topology;
  drillPath: string;
  topologyPath: string;
}

/** Loads a drill file and the topology it names; throws a DrillFileError that holds every mistake in both. */
export function loadDrill(path: string, options: LoadOptions = {}): LoadedDrill {
  const { value, mistakes } = readDrill(path, options);
  if (!value) throw new DrillFileError(path, mistakes);
  return value;
}

export function loadTopology(path: string): Topology {
  const { value, mistakes } = readTopology(path, []);
  if (!value) throw new DrillFileError(path, mistakes);
  return value;
}

export function readDrill(path: string, { overrides: given = [], vocabulary }: LoadOptions = {}): Checked<LoadedDrill> {
  const { mine, topologys, mistakes } = sortOverrides(given);
  const reading = readYamlFile(path);
  mistakes.push(...reading.mistakes);
  if (!reading.yaml) return { mistakes };

  const isSurprise = (reading.yaml.data as { machine?: unknown }).machine === 'surprise';
  const other = otherKind(reading.yaml.data, 'drill');
  if (other) return { mistakes: mistakesAt({ yaml: reading.yaml, overrides: [] }, [other]) };
  const sources: Sources = { yaml: reading.yaml, overrides: isSurprise ? mine.filter(isOwn) : mine };
  const data = withFileDefaults(sources.overrides.reduce(withOverride, reading.yaml.data), path);
  const moved = movedKey(data);
  if (moved) mistakes.push(...mistakesAt(sources, [moved]));
  const checked = checkAgainst(drillSchema, data, sources);
  mistakes.push(...notTwice(mistakesAt(sources, openReferencesIn(data)), mistakes));
  mistakes.push(...notTwice(checked.mistakes, mistakes));
  const surprise = checked.value?.machine === 'surprise' ? checked.value : undefined;
  const drill = checked.value?.machine === 'surprise' ? undefined : checked.value;
  if (drill) mistakes.push(...mistakesAt(sources, checkDrill(drill)));

  if (drill) {
    const { checks, mistakes: wrong } = checksOf(drill, path, sources);
    mistakes.push(...wrong, ...takeInSqlFiles(drill, path, sources));
    drill.dataChecks.checks = checks;
    // The simulated world is as the drill finds the real one.
    if (drill.machine === 'custom' && drill.begins !== 'at-home') drill.simulation.begins = drill.begins;
    if (drill.machine === 'network-partition' && drill.quorum.holder === 'recovery')
      drill.simulation.partition.thirdSees ??= 'recovery';
  }
  const named = (data as { topology?: unknown }).topology;
  if (typeof named !== 'string' || named === '') return { mistakes: inOrder(mistakes, path) };
  const topologyPath = topologyPathOf(path, named, sources);
  if (!existsSync(topologyPath)) {
    mistakes.push(noTopology(topologyPath, named, sources));
    return { mistakes: inOrder(mistakes, path) };
  }
  const { value: topology, mistakes: topologyMistakes } = readTopology(topologyPath, topologys);
  mistakes.push(...topologyMistakes);
  if (drill && topology) {
    const apart = mistakesAt(sources, checkTogether(drill, topology));
    mistakes.push(...apart);
    // A course is made only of what fits together.
    if (vocabulary && apart.length === 0) {
      const wrong = takeInSteps(drill, path, vocabulary, sources);
      // What uses their steps is compared with them only if they could be loaded.
      mistakes.push(...notTwice(wrong.length > 0 ? wrong : mistakesOf(drill, topology, vocabulary, sources), mistakes));
    }
  }

  const whole = surprise && topology ? withCandidates(surprise, topology) : drill;
  if (!whole || !topology || mistakes.length > 0) return { mistakes: inOrder(mistakes, path) };
  return { value: { drill: whole, topology, drillPath: path, topologyPath }, mistakes: [] };

  function withCandidates(file: SurpriseFile, on: Topology): Drill {
    const read = (candidate: string) =>
      readDrill(candidate, { overrides: forCandidates(given), ...(vocabulary && { vocabulary }) });
    const found = readSurprise(file, { path, sources, topology: on, topologyPath, read });
    // What is wrong in the topology has been told.
    mistakes.push(...notTwice(found.mistakes, mistakes));
    return found.drill;
  }
}

/** Modules of a user's own, by paths that hold wherever the run is taken up. */
function takeInSteps(drill: Drill, path: string, vocabulary: Vocabulary, sources: Sources): Mistake[] {
  if (drill.machine !== 'custom') return [];
  drill.steps = drill.steps.map((named) => resolve(dirname(path), named));
  return drill.steps.flatMap((file, index) => {
    const message = vocabulary.takeInSteps(file);
    if (message === undefined) return [];
    const expected = 'a module that exports what defineStep made';
    return mistakesAt(sources, [{ about: 'value', path: ['steps', index], message, expected }]);
  });
}

function mistakesOf(drill: Drill, topology: Topology, vocabulary: Vocabulary, sources: Sources): Mistake[] {
  const course = mistakesAt(sources, vocabulary.mistakesIn(drill, topology));
  // Names are compared with a course that stands.
  if (course.length > 0) return course;
  const parts = vocabulary
    .partsOf(drill, topology)
    .flatMap(({ path, schema, data }) => checkAgainst(schema, data, { ...sources, within: path }).mistakes);
  if (parts.length > 0) return parts;
  const lacking = mistakesAt(sources, vocabulary.lacking(drill, topology));
  if (lacking.length > 0) return lacking;
  const names = mistakesAt(sources, checkNames(drill, vocabulary.stepNames(drill, topology)));
  return names.length > 0 ? names : mistakesAt(sources, vocabulary.mistakesInOwnSteps(drill, topology));
}

export function readTopology(path: string, overrides: readonly Override[]): Checked<Topology> {
  const { yaml, mistakes } = readYamlFile(path);
  if (!yaml) return { mistakes };
  const sources: Sources = { yaml, overrides };
  const other = otherKind(yaml.data, 'topology');
  if (other) return { mistakes: mistakesAt(sources, [other]) };
  const former = formerForm(yaml.data);
  if (former) return { mistakes: inOrder([...mistakes, ...mistakesAt(sources, [former])], path) };
  const options = overrides.flatMap((one) => formerOption(one, yaml.data) ?? []);
  if (options.length > 0) return { mistakes: [...options, ...mistakes] };
  const data = overrides.reduce(withOverride, yaml.data);
  const removed = removedKey(data);
  if (removed) return { mistakes: inOrder([...mistakes, ...mistakesAt(sources, [removed])], path) };
  mistakes.push(...mistakesAt(sources, openReferencesIn(data)));
  const { value, mistakes: wrong } = checkAgainst(topologySchema, data, sources);
  mistakes.push(...notTwice(wrong, mistakes));
  if (value) {
    const complaints = checkTopology(value);
    // ARNs are compared with regions that stand.
    mistakes.push(...mistakesAt(sources, complaints.length > 0 ? complaints : arnsFit(data, value)));
  }
  if (!value || mistakes.length > 0) return { mistakes: inOrder(mistakes, path) };
  return { value, mistakes: [] };
}

function sortOverrides(given: readonly string[]): { mine: Override[]; topologys: Override[]; mistakes: Mistake[] } {
  const mine: Override[] = [];
  const topologys: Override[] = [];
  const mistakes: Mistake[] = [];
  for (const text of given) {
    const override = parseOverride(text);
    if ('message' in override) mistakes.push(override);
    else if (override.path[0] !== 'topology' || override.path.length === 1) mine.push(override);
    else topologys.push({ ...override, path: override.path.slice(1) });
  }
  return { mine, topologys, mistakes };
}

/** Relative to the drill file; one given on the command line, to the working directory. */
function topologyPathOf(drillPath: string, named: string, { overrides }: Sources): string {
  const given = overrides.some(({ path }) => path[0] === 'topology');
  return given || isAbsolute(named) ? named : join(dirname(drillPath), named);
}

/** A topology file that is not there is a mistake of the line that names it. */
function noTopology(topologyPath: string, named: string, sources: Sources): Mistake {
  const { source, valueOffset } = locate(sources, ['topology']);
  const near = neighbour(topologyPath);
  const suggestion = near && join(dirname(named), near);
  return source.mistake(valueOffset, {
    message: `there is no topology file ${short(topologyPath, 80)}`,
    ...(suggestion && { suggestion }),
  });
}

/** What YAML has already complained about at a place need not be said again by the schema. */
function notTwice(later: readonly Mistake[], earlier: readonly Mistake[]): Mistake[] {
  return later.filter(
    (one) => !earlier.some((two) => one.file === two.file && one.line === two.line && one.column === two.column),
  );
}

/** The command line first, then the file itself, then the others; each from top to bottom. */
function inOrder(mistakes: readonly Mistake[], path: string): Mistake[] {
  const files = [...new Set([path, ...mistakes.map(({ file }) => file)])];
  const rank = ({ file }: Mistake) => (file.startsWith('--set ') ? -1 : files.indexOf(file));
  return mistakes.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

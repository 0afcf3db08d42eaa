import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { surpriseOf } from './candidates.ts';
import { dataChecksSchema } from './data-check.ts';
import { type CustomDrill, type Drill, type SurpriseFile, surpriseSchema } from './drill.ts';
import type { Sources } from './locate.ts';
import { type Checked, type Complaint, mistakesAt } from './mistakes.ts';
import { parseOverride } from './override.ts';
import type { Mistake } from './source-text.ts';
import type { Topology } from './topology.ts';

interface Around {
  path: string;
  sources: Sources;
  topology: Topology;
  topologyPath: string;
  read: (path: string) => Checked<{ drill: Drill; topologyPath: string }>;
}

/** Reads every drill that a surprise may be drawn from; what is wrong in one of them is reported at its own place. */
export function readSurprise(file: SurpriseFile, around: Around): { drill: CustomDrill; mistakes: Mistake[] } {
  const { path, sources, topology, topologyPath, read } = around;
  const of: Drill[] = [];
  const complaints: Complaint[] = [];
  const mistakes: Mistake[] = [];
  for (const [index, named] of file.of.entries()) {
    const complain = (message: string, expected: string) =>
      complaints.push({ about: 'value', path: ['of', index], message, expected });
    const candidatePath = isAbsolute(named) ? named : join(dirname(path), named);
    if (file.of.indexOf(named) < index) complain(`${named} is named twice`, 'each drill once');
    if (resolve(candidatePath) === resolve(path)) complain('a surprise cannot turn out to be itself', 'another drill');
    else if (!existsSync(candidatePath)) complain(`there is no drill file ${named}`, 'a path relative to this file');
    else {
      const { value, mistakes: wrong } = read(candidatePath);
      mistakes.push(...wrong);
      if (!value) continue;
      if (surpriseOf(value.drill)) complain(`${named} is itself drawn from others`, 'a drill with its own steps');
      if (resolve(value.topologyPath) !== resolve(topologyPath))
        complain(`${named} runs on another topology`, `a drill on ${topology.topology}`);
      if (value.drill.machine === 'custom' && value.drill.begins !== 'at-home')
        complain(`${named} begins where a failover has ended`, 'a drill that begins at home');
      of.push(value.drill);
    }
  }
  if (topology.notices?.commander === undefined)
    complaints.push({
      about: 'value',
      path: ['topology'],
      message: 'the topology has no notices.commander, over which the incident commander alone is told',
      expected: 'notices.commander in the topology file',
    });
  if (file.window.from >= file.window.until)
    complaints.push({
      about: 'value',
      path: ['window', 'until'],
      message: 'the window ends before it begins',
      expected: `a time after ${file.window.from}`,
    });
  return { drill: untilDrawn(file, of), mistakes: [...mistakesAt(sources, complaints), ...mistakes] };
}

/** What only the incident commander may know: the others take part in any drill that is drawn. */
const OWN = Object.keys(surpriseSchema.shape).filter((key) => key !== 'simulation' && key !== 'topology');

/** The settings given over a surprise's file that are meant for the drills it is drawn from. */
export const forCandidates = (given: readonly string[]): string[] =>
  given.filter((text) => {
    const override = parseOverride(text);
    return !('message' in override) && !OWN.includes(String(override.path[0]));
  });

/** Whether a setting is the surprise's own, or its candidates' alone. */
export const isOwn = ({ path }: { path: readonly PropertyKey[] }): boolean =>
  Object.keys(surpriseSchema.shape).includes(String(path[0]));

/** A drill without any course, which holds nothing against anything: what it is to be has not been drawn. */
const untilDrawn = (
  { drill, title, topology, window, announce, simulation }: SurpriseFile,
  of: Drill[],
): CustomDrill => ({
  drill,
  title,
  machine: 'custom',
  topology,
  surprise: { of, window, announce },
  targets: { rto: null, rpo: null },
  deadlines: {},
  dataChecks: dataChecksSchema.parse({}),
  consent: [],
  session: { renewWithin: 1_800_000 },
  held: { waitFor: 1_800_000 },
  runbook: [],
  controls: [...new Set(of.flatMap(({ controls }) => controls))],
  simulation,
  steps: [],
  begins: 'at-home',
  measure: {},
  verification: { lasts: 60_000 },
  phases: [],
  cleanUp: [],
  onFailure: 'roll-back',
});

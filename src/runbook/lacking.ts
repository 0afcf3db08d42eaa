import { isKind, kindOf, kindsThatDo } from '../components/index.ts';
import { kindsBehind } from '../components/schemas.ts';
import { FIRST, meantBy, TopologyLacks } from '../drill/components.ts';
import type { CustomDrill, Drill } from '../drill/drill.ts';
import { type Complaint, complaint } from '../drill/mistakes.ts';
import { nearest } from '../drill/near.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { runbookSteps } from './course-steps.ts';
import { componentsFor, isVerb, type Line, linesOn } from './lines.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { placedSteps } from './placed-steps.ts';
import { runbookFor } from './runbook.ts';

/** What a drill needs and the topology does not have, and what it would take. */
interface Missing {
  what: string;
  wanted: string;
}

/** What a drill cannot do on this topology: one complaint for all that is missing; else one for each line that does not say what it means. */
export function lacking(drill: Drill, topology: Topology): Complaint[] {
  const named = drill.machine === 'custom' || drill.machine === 'backup-restore' ? drill.of : undefined;
  if (named !== undefined && named !== FIRST && !isKind(named) && meantBy(named, topology).length === 0)
    return [unknown(named, topology)];
  if (drill.machine === 'backup-restore' && named !== undefined && isOther(named, topology))
    return [notRestored(named, topology)];
  const { missing, unclear } = drill.machine === 'custom' ? linesLack(drill, topology) : machineLacks(drill, topology);
  return missing.length > 0 ? [inOneLine(missing, topology)] : unclear;
}

function unknown(named: string, { data }: Topology): Complaint {
  const expected = `one of ${Object.keys(data).join(', ')}, or a kind`;
  const suggestion = nearest(named, Object.keys(data));
  const about = complaint(['of'], `the topology has no data store '${named}'`, { expected });
  return { ...about, ...(suggestion && { suggestion }) };
}

/** A component that is there, and that nobody can restore. */
const isOther = (named: string, topology: Topology): boolean =>
  meantBy(named, topology).length > 0 && componentsFor('data.restore', named, topology).length === 0;

function notRestored(named: string, topology: Topology): Complaint {
  const names = componentsFor('data.restore', undefined, topology).map(({ id }) => id);
  const expected =
    names.length > 0 ? `one of ${names.join(', ')}` : `a component of the kind ${restorable.join(' or ')}`;
  return complaint(['of'], `'${named}' is no data store that can be restored`, { expected });
}

const restorable = kindsThatDo('data.restore');

interface Lacks {
  missing: Missing[];
  unclear: Complaint[];
}

function linesLack(drill: CustomDrill, topology: Topology): Lacks {
  // Without any, each of its lines would say so.
  if (drill.of === FIRST && meantBy(FIRST, topology).length === 0)
    return { missing: [thing(new TopologyLacks('database', kindsBehind('sql')))], unclear: [] };
  const lines = linesOn(topology, drill.of);
  const found: Lacks = { missing: [], unclear: [] };
  const done = new Set<string>();
  const idle: Line[] = [];
  for (const { path, step } of placedSteps(drill)) {
    const before = lines.steps.length;
    lines.part(step);
    const made = lines.steps.slice(before);
    if (made.length > 0) done.add(step.uses);
    else if (lines.idle.has(step.step)) {
      idle.push(step);
      continue;
    }
    if (made.length === 0 && isPassedOver(step, topology)) continue;
    if (made.length === 0) found.missing.push(doer(step, topology));
    try {
      for (const entry of Object.values(runbookSteps(made, drill, topology))) entry.params(factsBeforeRun);
    } catch (error) {
      if (error instanceof TopologyLacks) found.missing.push(thing(error));
      else if (!(error instanceof DrillError) || error.code !== 'topology-lacks') throw error;
      else if (!found.unclear.some(({ message }) => message === error.message))
        found.unclear.push(
          complaint([...path, 'uses'], error.message, { expected: error.hint ?? "the key 'of', here or at the top" }),
        );
    }
  }
  const never = idle.filter((line) => !done.has(line.uses) && wantsOf(line, topology) !== undefined);
  found.missing.push(...never.map((line) => doer(line, topology)));
  return found;
}

function machineLacks(drill: Drill, topology: Topology): Lacks {
  try {
    runbookFor(drill, topology);
    return { missing: [], unclear: [] };
  } catch (error) {
    if (error instanceof TopologyLacks) return { missing: [thing(error)], unclear: [] };
    if (!(error instanceof DrillError) || error.code !== 'topology-lacks') throw error;
    const expected = error.hint ?? 'another topology';
    return { missing: [], unclear: [complaint(['topology'], error.message, { expected })] };
  }
}

/**
 * Where nothing runs in the regions, nothing has to be scaled or pointed anywhere: a database and a name can be drilled alone. Nor is a component
 * missed that does a line for other engines than its own: nobody counts rows where no SQL is spoken. Most data stores have nothing to finish.
 */
const isPassedOver = ({ uses, of }: Line, topology: Topology): boolean =>
  (uses.startsWith('compute.') && of === undefined && Object.keys(topology.compute).length === 0) ||
  (uses === 'data.finish' && of === undefined) ||
  (isVerb(uses) && componentsFor(uses, of, topology).some(({ kind }) => kindOf(kind).wants?.[uses] === undefined));

const thing = ({ what, kinds }: TopologyLacks): Missing => ({
  what: `no ${what}`,
  wanted:
    kinds.length > 0
      ? `a component of the kind ${kinds.join(' or ')}`
      : isKind(what)
        ? `a component of the kind ${what}: ${kindOf(what).title}`
        : `${what} in the topology`,
});

/** A component for a verb; where those that there are could do it and do not, what of them it takes. */
function doer({ uses, of }: Line, topology: Topology): Missing {
  const verbs = isVerb(uses) ? [uses] : [];
  const kinds = verbs.flatMap((verb) => kindsThatDo(verb)).join(' or ');
  return {
    what: `nothing that does '${uses}'`,
    wanted: wantsOf({ uses, of }, topology) ?? `a component of the kind ${kinds}`,
  };
}

/** What components that could do a verb say that they must have for it. */
function wantsOf({ uses, of }: Pick<Line, 'uses' | 'of'>, topology: Topology): string | undefined {
  if (!isVerb(uses)) return undefined;
  const wants = meantBy(of, topology).map(({ kind }) => kindOf(kind).wants?.[uses]);
  return wants.find((one) => one !== undefined);
}

function inOneLine(missing: readonly Missing[], { topology }: Topology): Complaint {
  const each = (part: keyof Missing): string[] => [...new Set(missing.map((one) => one[part]))];
  const all = each('what');
  const what = all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  const message = `the topology ${topology} has ${what}, which this drill needs`;
  return complaint(['topology'], message, { expected: each('wanted').join('; ') });
}

import { type Branch, NOTHING, type Part } from '../../state-machines/course.ts';
import { objectOf } from '../components/index.ts';
import type { Component } from '../components/schemas.ts';
import { type Doing, OF_ONE, type Scene, type Verb, verbs } from '../components/verbs.ts';
import { allComponents, meantBy, type Named } from '../drill/components.ts';
import type { CustomStep } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { resolved } from './references.ts';

/** A line of a drill's course: one step, or a verb that components of the topology answer with steps of their own. */
export type Line = Pick<CustomStep, 'step' | 'uses'> & Partial<CustomStep>;

export const isVerb = (uses: string): uses is Verb => Object.hasOwn(verbs, uses);

/** A step of a line; `moves` where a data store has been taken over once it has ended. */
export type LineStep = CustomStep & { moves?: true };

/** Turns lines into steps, one after another: a later line may rest on what an earlier one has moved. */
export interface Lines {
  /** Every step so far, by the name that the machine has for it. */
  steps: LineStep[];
  /** Every line so far, also one that no component answers. */
  asked: string[];
  /** Lines that a component could do, and has nothing to do for. */
  idle: ReadonlySet<string>;
  /** The steps of a line, and in which order they are done. */
  part(line: Line): Part;
  /** What each component does for a verb, with those that must come before it. */
  branches(line: Line): Record<string, Branch>;
}

/** @param about what the drill is about: lines that ask data stores, and do not say which, ask it alone */
export function linesOn(topology: Topology, about?: string): Lines {
  const steps: LineStep[] = [];
  const asked: string[] = [];
  const idle = new Set<string>();
  const moved = new Map<string, NonNullable<ReturnType<Scene['takenOver']>>>();
  const looked = new Map<string, string>();
  const withs = new Map<string, Readonly<Record<string, unknown>>>();
  /** The steps by which a data store is looked at and moved: where one fails, there is nothing to point at, to prove or to count. */
  const moving = new Map<string, string[]>();
  const all = allComponents(topology);
  const sceneOf = (those: Scene['asked']): Scene => ({
    topology,
    asked: those,
    takenOver: (store) => moved.get(store),
    isAbout: (store) => meantBy(about, topology).some(({ id }) => id === store),
    looked: (store) => looked.get(store),
    withOf: (line) => withs.get(line) ?? {},
    findWriter: (store, on) => {
      const one = all.find(({ id }) => id === store);
      return one && objectOf(one).findWriter?.(one as never, on);
    },
  });

  /** What is only about data stores that customers can do without holds nobody up; where the one that it is about was given up, it is not done. */
  function unlessGivenUp(stores: readonly string[], part: Part): Part {
    if (stores.length === 0 || stores.some((store) => store === about || topology.data[store]?.essential !== false))
      return part;
    const [only = '', ...others] = stores;
    const unless = others.length === 0 ? (moving.get(only) ?? []) : [];
    return { beside: { [stores.join('+')]: { part, optional: true, unless } } };
  }

  const add = (step: LineStep): Part => {
    steps.push(step);
    return { step: step.step };
  };

  function branches({ step, uses, of, with: wanted = {}, deadline }: Line): Record<string, Branch> {
    asked.push(step);
    const verb = uses as Verb;
    const asks = resolved(wanted, { topology, facts: factsBeforeRun, of: of ?? about }) as typeof wanted;
    withs.set(step, asks);
    const given = verbs[verb].parse(asks);
    const found: Record<string, Branch> = {};
    const ahead: string[] = [];
    const those = componentsFor(verb, of ?? (verb.startsWith('data.') ? about : undefined), topology);
    for (const one of those) {
      const doings = objectOf(one).verbs[verb]?.(one as never, given as never, sceneOf(those));
      if (doings?.length === 0) idle.add(step);
      if (!doings || doings.length === 0) continue;
      if (doings.some((doing) => doing.ahead)) ahead.push(one.id);
      const named = doings.map((doing) => ({
        doing,
        step: stepOf(doing, { step, one, deadline, isOnly: doings.length === 1 }),
      }));
      // What a drill is about is not given up.
      const order = one.id === about || OF_ONE.includes(verb) ? {} : orderOf(one, verb, moving.get(one.id));
      const last = named.find(({ doing }) => doing.givesWriter) ?? named.at(-1);
      const row = named.map((each) => {
        const moves = TAKING.includes(verb) && each === last;
        return unlessGivenUp(each.doing.about ?? [], add({ ...each.step, ...(moves && { moves }) }));
      });
      if (verb === 'data.look' && last) looked.set(one.id, last.step.step);
      if (TAKING.includes(verb) && last)
        moved.set(one.id, { step: last.step.step, to: (given as { to: 'primary' | 'recovery' }).to });
      if (MOVING.includes(verb) || verb === 'data.look')
        moving.set(one.id, [...(moving.get(one.id) ?? []), ...named.map((each) => each.step.step)]);
      found[one.id] = { part: row.length === 1 && row[0] ? row[0] : { row }, ...order };
    }
    for (const [id, branch] of Object.entries(found)) {
      const first = ahead.includes(id) ? [] : ahead;
      // Anyone who has nothing to do here holds nobody up.
      branch.after = [...(branch.after ?? []).filter((other) => other in found), ...first];
    }
    return found;
  }

  return {
    steps,
    asked,
    idle,
    branches,
    part(line) {
      if (!isVerb(line.uses)) {
        withs.set(line.step, line.with ?? {});
        return add({ ...line, of: line.of ?? about, with: line.with ?? {} });
      }
      return besides(branches(line));
    },
  };
}

/** Branches side by side; nothing where there is none. */
export const besides = (branches: Record<string, Branch>): Part =>
  Object.keys(branches).length === 0 ? NOTHING : { beside: branches };

/** The components that a verb is asked of. */
export const componentsFor = (verb: Verb, of: string | undefined, topology: Topology): Named<Component>[] =>
  meantBy(of, topology).filter((one) => objectOf(one).verbs[verb] !== undefined);

/** Data stores are taken over in their order, and fenced at once; those that customers can do without may be given up. */
const orderOf = (one: Named<Component>, verb: Verb, unless: readonly string[] = []): Omit<Branch, 'part'> =>
  'after' in one
    ? {
        ...(verb === 'data.take-over' && { after: one.after }),
        ...(!one.essential && { optional: true, unless, yields: HOLDING_UP.includes(verb) }),
      }
    : {};

/** A store has been taken over once it has done this; some can only finish once the applications are pointed. */
const TAKING: readonly Verb[] = ['data.take-over', 'data.finish'];
const MOVING: readonly Verb[] = ['data.fence', ...TAKING];
/** Customers are not served before these have ended. */
const HOLDING_UP: readonly Verb[] = [...MOVING, 'data.open'];

function stepOf(
  doing: Doing,
  {
    step,
    one,
    deadline,
    isOnly,
  }: { step: string; one: Named<Component>; deadline: number | undefined; isOnly: boolean },
): CustomStep {
  const nameOf = (part: string) => `${step}/${one.id}/${part}`;
  const { uses, of = one.id, part, with: asked = {}, deadlineMs = deadline } = doing;
  return {
    step: part === undefined || isOnly ? `${step}/${one.id}` : nameOf(part),
    uses,
    of,
    with: typeof asked === 'function' ? asked(nameOf) : asked,
    ...(deadlineMs !== undefined && { deadline: deadline ?? deadlineMs }),
  };
}

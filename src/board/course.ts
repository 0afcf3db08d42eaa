import { candidatesOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { drillPicture } from '../graph/drill-picture.ts';
import { type Picture, statesIn } from '../graph/picture.ts';
import { pictureStyle, toSvg } from '../graph/svg.ts';
import { planOf } from '../plan/plan.ts';
import { stepsOf } from '../plan/planned.ts';
import { standIn } from '../platform/not-loaded.ts';

/** A step that the drill is to take. */
export interface CourseStep {
  step: string;
  phase: string;
  title: string;
  /** The component that it works on. */
  of: string | null;
  isPointOfNoReturn: boolean;
}

/** What a drill is to do, and its machine's picture. */
export interface Course {
  steps: CourseStep[];
  /** The picture's states, with the steps in them. */
  states: { id: string; steps: string[] }[];
  /** Null where there is none. */
  picture: Picture | null;
}

/** Read off the drill in a journal's header, which may be from elsewhere: where it makes no sense there is nothing to show. */
export function courseOf(drill: Drill, topology: Topology): Course {
  try {
    for (const one of candidatesOf(drill)) standInFor(one);
    const steps = planOf(drill, topology).phases.flatMap(({ phase, parts }) =>
      stepsOf([{ phase, parts, decisions: [] }]).map(({ step, title, of, pointOfNoReturn }) => ({
        step,
        phase,
        title,
        of,
        isPointOfNoReturn: pointOfNoReturn !== null,
      })),
    );
    const picture = drillPicture(drill, topology);
    const states = statesIn(picture.states).map((state) => ({
      id: state.id,
      steps: state.shape === 'step' ? state.steps.map(({ step }) => step) : [],
    }));
    return { steps, states, picture };
  } catch {
    return NO_COURSE;
  }
}

export const NO_COURSE: Course = { steps: [], states: [], picture: null };

/** The picture as it is in a page, whose style sheet has its colours: a page takes no style from what it is sent. */
export const drawn = (picture: Picture): string => toSvg(picture).replace(`<style>${pictureStyle}</style>`, '');

/** Modules of steps are never run here: what the drill file says of a step is shown. */
function standInFor(drill: Drill): void {
  if (drill.machine !== 'custom') return;
  const inPhases = drill.phases.flatMap(({ steps = [], parallel = {} }) => [
    ...steps,
    ...Object.values(parallel).flat(),
  ]);
  for (const { uses } of [...inPhases, ...(drill.cleanUp ?? [])]) standIn(uses);
}

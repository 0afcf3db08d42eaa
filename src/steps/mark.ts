import { DrillError } from '../errors.ts';
import { noteOnce } from './account/findings.ts';
import type { StepContext } from './step.ts';

/** On everything that a run makes: which drill made it, and which of its runs. */
const DRILL = 'dr-drill';
const RUN = 'dr-drill:run';
/** Kubernetes takes what stands before a slash or a colon for a domain. */
const RUN_LABEL = 'dr-drill-run';

/** Which run made a thing, as the thing itself says. */
export interface Mark {
  drill: string;
  /** Absent where a person made it with a command of the plan. */
  run?: string | undefined;
}

interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** A run by the time of its first journal line, in characters that every tag, label and description may hold. */
export const runMark = (startedAtMs: number): string => new Date(startedAtMs).toISOString().replace(/[:.]/g, '-');

export const markedBy = (drill: string, { run }: Pick<StepContext, 'run'>): Mark => ({ drill, run });

export const tagsFor = ({ drill, run }: Mark): { Key: string; Value: string }[] => [
  { Key: DRILL, Value: drill },
  ...(run === undefined ? [] : [{ Key: RUN, Value: run }]),
];

export function markInTags(tags: readonly Tag[] | undefined): Mark | undefined {
  const inTag = (key: string) => tags?.find(({ Key }) => Key === key)?.Value;
  const drill = inTag(DRILL);
  return drill === undefined ? undefined : { drill, run: inTag(RUN) };
}

export const labelsFor = ({ drill, run }: Mark): Record<string, string> => ({
  [DRILL]: drill,
  ...(run !== undefined && { [RUN_LABEL]: run }),
});

export function markInLabels(labels: Record<string, string>): Mark | undefined {
  const drill = labels[DRILL];
  return drill === undefined ? undefined : { drill, run: labels[RUN_LABEL] };
}

/** Whether a tag says who made a thing: a copy does not take it along. */
export const isMark = ({ Key }: Tag): boolean => Key === DRILL || Key === RUN;

/** What a person gives on a command line to mark a thing. */
export const tagOption = (drill: string): string => `Key=${DRILL},Value=${drill}`;

/** Some run of the drill made it: it may delete it. */
export const isOfDrill = (mark: Mark | undefined, drill: string): boolean => mark?.drill === drill;

/** This very run made it: only that proves that it can be made. */
export const isOfRun = (mark: Mark | undefined, drill: string, { run }: Pick<StepContext, 'run'>): boolean =>
  mark?.drill === drill && mark.run === run;

/** Who made a thing that should not be there, in words. */
export function madeBy(mark: Mark | undefined, drill: string): string {
  if (!isOfDrill(mark, drill)) return 'this drill did not make it';
  return `an earlier run of this drill made it${mark?.run === undefined ? '' : `, the run of ${mark.run}`}`;
}

/** Fails for what someone else made, and for what an earlier run left: no figure may rest on that. */
export function mustBeOfRun(
  mark: Mark | undefined,
  { what, drill, otherwise }: { what: string; drill: string; otherwise: string },
  context: Pick<StepContext, 'run'>,
): void {
  if (isOfRun(mark, drill, context)) return;
  if (!isOfDrill(mark, drill))
    throw new DrillError('name-taken', `${what} exists already, and ${madeBy(mark, drill)}.`, {
      hint: `${otherwise}, or delete that one by hand.`,
    });
  throw new DrillError(
    'left-by-earlier-run',
    `${what} is there already: ${madeBy(mark, drill)}, and this run did not.`,
    {
      hint: 'Delete it and run the drill again, or start the drill with a step that deletes it. It is not adopted: no figure would be true.',
    },
  );
}

/** Tells that a run deletes what another run of its drill left. */
export function tellLeftover(
  mark: Mark | undefined,
  { what, drill }: { what: string; drill: string },
  context: StepContext,
): void {
  if (!isOfDrill(mark, drill) || isOfRun(mark, drill, context)) return;
  noteOnce(
    [
      {
        severity: 'note',
        subject: what,
        what: `${what} was left behind: ${madeBy(mark, drill)}`,
        why: 'This run deletes it, and did not make it.',
        fix: 'See why the clean-up of that run failed: its report has the step and its error.',
      },
    ],
    context,
  );
}

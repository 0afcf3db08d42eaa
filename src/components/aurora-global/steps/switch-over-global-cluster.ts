import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import {
  type GlobalTarget,
  type GlobalWriter,
  globalClusterNow,
  mustHaveInstance,
  seenFromOther,
  untilWriter,
  writerOf,
} from './global-cluster.ts';
import { movesWriter } from './move-writer.ts';

/** A change that was accepted shows within this time. */
const SHOWS_WITHIN_MS = 30_000;

/** Moves the writer of a healthy Aurora global database to its other cluster: Aurora brings everything over before it does. */
export const switchOverGlobalCluster = defineStep<GlobalTarget, GlobalWriter>({
  ...movesWriter('SwitchoverGlobalCluster'),
  kind: 'rds.switch-over-global-cluster',
  title: ({ globalCluster: id, cluster }) => `Switch ${id} over to ${cluster}`,
  command: (target) => commandFor(target),

  async apply(target, context) {
    await mustHaveInstance(target, context);
    await switchOver(target, context);
    return undefined;
  },

  async undo(target, context, { state }) {
    if ((state as { writer: string | null }).writer === target.arn) return;
    if (!(await hasMoved(target, context))) return;
    const back = seenFromOther(target);
    await switchOver(back, context);
    await untilWriter(back, context);
  },
  doneWhen: ({ cluster }) => `The global cluster is available, and ${cluster} is its writer.`,
  undoCommand: (target) => commandFor(seenFromOther(target)),
});

const commandFor = ({ region, globalCluster: id, arn }: GlobalTarget): string =>
  `aws rds switchover-global-cluster --region ${region} --global-cluster-identifier ${id} --target-db-cluster-identifier ${arn}`;

const switchOver = ({ region, globalCluster: id, arn }: GlobalTarget, { aws }: StepContext) =>
  aws.call('rds', region, 'SwitchoverGlobalCluster', {
    GlobalClusterIdentifier: id,
    TargetDbClusterIdentifier: arn,
  });

/** Whether what was asked for has happened; what is on its way is waited for, as nothing else is taken meanwhile. */
async function hasMoved(target: GlobalTarget, context: StepContext): Promise<boolean> {
  const fromMs = context.clock.nowMs();
  return until(context, async () => {
    const found = await globalClusterNow(target, context);
    if (found.Status !== 'available' || found.FailoverState?.Status !== undefined) return undefined;
    return writerOf(found) === target.arn || (context.clock.nowMs() - fromMs > SHOWS_WITHIN_MS ? false : undefined);
  });
}

import { defineStep } from '../../../steps/step.ts';
import { type GlobalTarget, type GlobalWriter, mustHaveInstance } from './global-cluster.ts';
import { movesWriter } from './move-writer.ts';

/** Makes the other cluster of an Aurora global database the writer, without waiting for what it has not got yet. */
export const failOverGlobalCluster = defineStep<GlobalTarget, GlobalWriter>({
  ...movesWriter('FailoverGlobalCluster'),
  kind: 'rds.fail-over-global-cluster',
  title: ({ globalCluster: id, cluster }) => `Fail ${id} over to ${cluster}, allowing data loss`,
  command: ({ region, globalCluster: id, arn }) =>
    `aws rds failover-global-cluster --region ${region} --global-cluster-identifier ${id} --target-db-cluster-identifier ${arn} --allow-data-loss`,
  doneWhen: ({ cluster }) => `The global cluster is available, and ${cluster} is its writer.`,
  pointOfNoReturn: 'data that the other region has not received by then is lost for good',

  async apply(target, context) {
    await mustHaveInstance(target, context);
    const { region, globalCluster: id, arn } = target;
    await context.aws.call('rds', region, 'FailoverGlobalCluster', {
      GlobalClusterIdentifier: id,
      TargetDbClusterIdentifier: arn,
      AllowDataLoss: true,
    });
    return undefined;
  },
});

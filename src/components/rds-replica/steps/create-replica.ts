import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { instanceName } from '../../../drill/names.ts';
import { component, databaseGiven, databaseOf, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  addressByHand,
  arnOf,
  freeInstance,
  INSTANCE_LOOK,
  instanceOf,
  instancePermissions,
} from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { copyNeeds } from './copy-needs.ts';
import { keyNeeds, keyOf, keyPermissions, keyWords } from './kms-key.ts';
import { likenessPermissions, loginByIam } from './like-original.ts';
import {
  likeTheOriginal,
  observeRestored,
  restoredInstance,
  restoreOptions,
  waitUntilAvailable,
} from './restored-instance.ts';

const params = restoredInstance.extend({
  sourceRegion: z.string(),
  /** The source by ARN, as another region knows it. */
  sourceArn: z.string(),
  key: z.object({ region: z.string(), named: z.string().nullable(), instance: z.string() }),
});
type Params = z.output<typeof params>;

/** Makes a replica of the drill's own, which bears its tag, beside those that the topology names. */
export const createReplica = defineStep<Params, { address: string }>({
  kind: 'rds.create-replica',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on.describe('The instance to replicate.'),
      in: side.default('recovery'),
      identifier: instanceName.describe('The name of the replica. No instance may have it yet.'),
    }),
    ({ on, in: where, identifier }, around) => {
      const { topology, drill } = around;
      const store = component('rds-replica', around);
      const { region: sourceRegion, instance: source } = databaseOf({ on }, around);
      const region = topology.regions[where];
      const alike = store[where === 'primary' ? 'writer' : 'replica'];
      const { class: instanceClass, subnetGroup, parameterGroup, securityGroups } = alike;
      return {
        ...{ region, source, identifier, instanceClass, subnetGroup, parameterGroup, securityGroups, drill },
        like: {
          original: { region: sourceRegion, instance: source },
          neighbour: { region, instance: alike.identifier },
          purpose: 'test' as const,
          iamLogin: loginByIam(store),
        },
        sourceRegion,
        sourceArn: arnOf(sourceRegion, topology.account, source),
        key: { region, named: alike.kmsKey ?? null, instance: alike.identifier },
      };
    },
  ),
  needs: (target) => [
    { need: 'rds-instance', region: target.sourceRegion, instance: target.source, state: 'serving' },
    freeInstance(target.region, target.identifier, target.drill),
    ...copyNeeds(target),
    ...keyNeeds(target.key),
  ],
  alters: ({ region, identifier }) => [things.instance(region, identifier)],
  plane: 'control',
  title: ({ source, identifier }) => `Create ${identifier} as a replica of ${source}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:CreateDBInstanceReadReplica'],
  permissions: (target, account) => [
    ...[
      target.sourceArn,
      arnOf(target.region, account, target.identifier),
      ...[`subgrp:${target.subnetGroup}`, `pg:${target.parameterGroup}`, 'og:*', 'secgrp:*'].map((resource) =>
        regionalArn({ service: 'rds', region: target.region, account, resource }),
      ),
    ].map((resource) => ({ action: 'rds:CreateDBInstanceReadReplica', resource })),
    ...instancePermissions(target.region, account, target.identifier, 'rds:AddTagsToResource'),
    ...likenessPermissions(target.like, account),
    ...keyPermissions(target.key, account),
  ],
  command: (target) =>
    `aws rds create-db-instance-read-replica --region ${target.region} --source-db-instance-identifier ${named(target)} --db-instance-identifier ${target.identifier} ${isElsewhere(target) ? `--source-region ${target.sourceRegion} --kms-key-id ${keyWords(target.key)} ` : ''}${restoreOptions(target)}`,
  byHand: { gives: ({ region, identifier }, read) => addressByHand({ region, instance: identifier }, read) },
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 720_000,
  observe: observeRestored,
  async apply(target, context) {
    const source = await instanceOf(context, target.sourceRegion, target.source);
    const needsKey = isElsewhere(target) && source.StorageEncrypted;
    const KmsKeyId = needsKey ? await keyOf(target.key, context) : undefined;
    await context.aws.call('rds', target.region, 'CreateDBInstanceReadReplica', {
      ...(await likeTheOriginal('replica', target, context)),
      DBInstanceIdentifier: target.identifier,
      SourceDBInstanceIdentifier: named(target),
      ...(KmsKeyId !== undefined && { KmsKeyId }),
    });
    return undefined;
  },

  settle: waitUntilAvailable,
});

const isElsewhere = ({ region, sourceRegion }: Params): boolean => region !== sourceRegion;

/** In its own region an instance is known by name, in another one by its ARN. */
const named = (target: Params): string => (isElsewhere(target) ? target.sourceArn : target.source);

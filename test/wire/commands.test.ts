import { afterAll, describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import type { Json } from '../../src/journal/events.ts';
import { steps } from '../../src/platform/steps.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { operations } from '../server/server.ts';
import { GROUPS, LISTENER } from '../simulator/world.ts';
import { type Answer, program, shell } from './outside.ts';
import { simulatedAccount } from './simulated-account.ts';

/** What represents programs that need more than AWS: they say what they were called with. */
const STAND_INS = [
  ...['kubectl', 'kafka-consumer-groups.sh', 'kafka-console-consumer.sh'].map((name) => [name, '']),
  // An instance that is being created has no endpoint, and the AWS CLI prints `None` for it.
  ['psql', '[ "$2" != None ] || return 2; '],
  // What is piped to it must have a reader.
  ['kafka-console-producer.sh', 'cat > /dev/null; '],
]
  .map(([name, first]) => `${name}() { ${first}printf '%s\\n' "${name} $*"; };`)
  .join(' ');

const FAILOVER = 'drills/multi-region-failover.yaml';

const accounts: Awaited<ReturnType<typeof simulatedAccount>>[] = [];
afterAll(() => Promise.all(accounts.map((account) => account.close())));

/** A drill's commands, as the plan and the journal tell a person, typed into a shell against its simulated account. */
async function drillByHand(path: string, overrides: string[] = []) {
  const { drill, topology } = loadDrill(path, { overrides });
  const account = await simulatedAccount(topology);
  accounts.push(account);
  const { steps: named } = runbookFor(drill, topology);
  const of = (name: string, results: Record<string, Json>) => {
    const { kind, params } = named[name] ?? expect.fail(`no step ${name}`);
    const step = steps.get(kind) ?? expect.fail(`no step of kind ${kind}`);
    return { step, params: step.params.parse(params({ startedAtMs: 1, results })) };
  };
  const type = (command: string): Promise<Answer> => shell(`${STAND_INS} ${command}`, account.url);
  return {
    type,
    commandOf(name: string): string {
      const { step, params } = of(name, {});
      return step.command(params);
    },
    carryOut: (name: string, results: Record<string, Json> = {}) => {
      const { step, params } = of(name, results);
      return type(step.command(params));
    },
    undo: (name: string, state: Json, results: Record<string, Json> = {}) => {
      const { step, params } = of(name, results);
      return type(step.undoCommand?.(params, { done: false, state }) ?? expect.fail(`${name} has no undo`));
    },
  };
}

/** The newest nightly snapshot of the writer. The command of a drill may list other kinds too. */
async function newestSnapshot({ type }: { type(command: string): Promise<Answer> }): Promise<string> {
  const nightly = '--db-instance-identifier ecommerce-db-primary --snapshot-type automated';
  const newest = `--query 'sort_by(DBSnapshots, &SnapshotCreateTime)[-1].DBSnapshotIdentifier' --output text`;
  const { out } = await type(`aws rds describe-db-snapshots --region ap-east-2 ${nightly} ${newest}`);
  return out.trim();
}

/** The records of the zone by name, as the step that moves them found them. */
async function recordsNow({ type }: { type(command: string): Promise<Answer> }): Promise<Json> {
  const { out } = await type('aws route53 list-resource-record-sets --hosted-zone-id Z0EXAMPLE1SHOP --output json');
  const sets: { Name: string }[] = JSON.parse(out).ResourceRecordSets;
  return Object.fromEntries(
    sets.map(({ Name }) => [Name.replace(/\.$/, ''), sets.filter((one) => one.Name === Name)]),
  ) as Json;
}

/** Well, in silence, and with this in what it printed. */
const well = (text = ''): Answer => ({ code: 0, err: '', out: expect.stringMatching(new RegExp(text, 's')) });

describe.concurrent('by hand', () => {
  test('with the AWS CLI that is installed', async () => {
    const drill = await drillByHand(FAILOVER);
    const looks = 'sts get-caller-identity --region ap-east-2';
    const installed = await drill.type(`${program('aws')} ${looks}`);
    expect(installed).toEqual(well('"Account": "111122223333"'));
    expect(await drill.type(`aws ${looks}`)).toEqual(installed);
    expect(await drill.type('aws --version')).toEqual(await drill.type(`${program('aws')} --version`));
    const wrong = await drill.type(`${program('aws')} rds describe-db-instancs`);
    expect(wrong.code).not.toBe(0);
    expect(await drill.type('aws rds describe-db-instancs')).toEqual(wrong);
  });

  describe('the commands of a failover', () => {
    test('what only looks', async () => {
      const drill = await drillByHand(FAILOVER);
      expect(await drill.carryOut('preflight')).toEqual(well('"Account": "111122223333"'));
      expect(await drill.type('aws rds describe-db-instances --region ap-east-2')).toEqual(
        well('"DBInstanceStatus": "available"'),
      );
      expect(await drill.carryOut('validate-recovery')).toEqual(well('"Status": "replicating"'));
    });

    test('the old writer is fenced, and let free again', async () => {
      const drill = await drillByHand(FAILOVER);
      expect(await drill.carryOut('fence/orders')).toEqual(
        well('sg-0a1b2c3d4e5f6000f.*"DBInstanceStatus": "rebooting"'),
      );
      const groups = ['sg-0a1b2c3d4e5f60001'];
      expect(await drill.undo('fence/orders', { reachable: true, groups })).toEqual(well(groups[0]));
    });

    test('the replica is promoted', async () => {
      const drill = await drillByHand(FAILOVER);
      expect(await drill.carryOut('take-over/orders')).toEqual(well('"BackupRetentionPeriod": 7'));
      const source = `aws rds describe-db-instances --region ap-northeast-1 --query 'DBInstances[0].ReadReplicaSourceDBInstanceIdentifier'`;
      await expect.poll(() => drill.type(source), { timeout: 20_000 }).toEqual(well('^null'));
    });

    test('the node group grows, and shrinks again', async () => {
      const drill = await drillByHand(FAILOVER);
      expect(await drill.carryOut('scale/shop/nodes')).toEqual(well('"status": "InProgress"'));
      const group =
        '--region ap-northeast-1 --cluster-name ecommerce-recovery --nodegroup-name ecommerce-recovery-workers';
      const grown = await drill.type(`aws eks wait nodegroup-active ${group} && aws eks describe-nodegroup ${group}`);
      expect(grown).toEqual(well('"desiredSize": 9'));
      const size = { min: 3, desired: 3, max: 30 };
      expect(await drill.undo('scale/shop/nodes', { size })).toEqual(well('"type": "DesiredSize",\\s*"value": "3"'));
    });

    test('services of ECS grow, are given another address, and both is undone', async () => {
      const drill = await drillByHand(FAILOVER, ['topology=test/platforms/ecs-two-apps.yaml']);
      const at = '--region eu-west-1 --cluster claims-dublin';
      expect(await drill.carryOut('scale/claim-desk')).toEqual(well('"desiredCount": 6'));
      const taken = { 'take-over/claims': { address: 'new.example.com' } };
      expect(await drill.carryOut('point/claim-desk', taken)).toEqual(well('task-definition/claims-web-dublin:2'));
      const told = await drill.type(
        'aws ecs describe-task-definition --region eu-west-1 --task-definition claims-web-dublin --query taskDefinition.containerDefinitions[0].environment',
      );
      expect(told).toEqual(well('"CLAIMS_DB_HOST",\\s*"value": "new.example.com"'));
      expect(await drill.carryOut('verify/claim-desk')).toEqual(
        well('claims-web-dublin.*COMPLETED|COMPLETED.*claims-web-dublin'),
      );
      const policies = { 'take-over/policies': { address: 'new.example.com' } };
      expect(await drill.carryOut('point/quotes', policies)).toEqual(well('"serviceName": "quote-worker"'));
      expect(await drill.type('aws ecs list-clusters --region eu-west-1')).toEqual(well('cluster/claims-dublin'));
      expect(await drill.type(`aws ecs list-services ${at}`)).toEqual(well('service/claims-dublin/claims-web-dublin'));
      const target =
        '--region eu-west-1 --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/claims-dublin/claims-web-dublin';
      const registered = await drill.type(
        `aws application-autoscaling register-scalable-target ${target} --min-capacity 6 --max-capacity 9`,
      );
      expect(registered).toEqual(well('scalable-target/'));
      const taskDefinition = 'claims-web-dublin:1';
      const pointed = { 'claims-web-dublin': { taskDefinition, deployment: null, event: null } };
      expect(await drill.undo('point/claim-desk', pointed, taken)).toEqual(well('task-definition/claims-web-dublin:1'));
      const scaled = { 'claims-web-dublin': { tasks: 2, bounds: { min: 1, max: 9 }, event: null } };
      expect(await drill.undo('scale/claim-desk', scaled)).toEqual(well('"desiredCount": 2'));
    });

    test('kubectl is given the cluster', async () => {
      const drill = await drillByHand(FAILOVER);
      const scaled = await drill.carryOut('scale/shop/pods');
      expect(scaled).toEqual(well('kubectl -n shop scale deployment/order-service --replicas=9'));
      const pointed = await drill.carryOut('point/shop', { 'take-over/orders': { address: 'new.example.com' } });
      expect(pointed).toEqual(well('DATABASE_WRITER_HOST=new.example.com'));
      expect(await drill.type('cat "$HOME/.kube/config"')).toEqual(
        well('server: https://.*ap-northeast-1.eks.amazonaws.com'),
      );
    });

    test('traffic is shifted by inversion, and back', async () => {
      const drill = await drillByHand(FAILOVER);
      expect(await drill.carryOut('shift/public')).toEqual(
        well('"Inverted": true.*"Disabled": true.*"HealthCheckVersion": 2'),
      );
      const back = await drill.undo('shift/public', { inverted: false, disabled: false });
      expect(back).toEqual(well('"Inverted": false.*"Disabled": false'));
    });

    test('the new writer is found by its address', async () => {
      const drill = await drillByHand(FAILOVER);
      const found = well('psql -h ecommerce-db-dr-replica\\.\\S+\\.ap-northeast-1.rds.amazonaws.com -d shop');
      expect(await drill.carryOut('check-data/orders', { 'baseline/orders': { asOfMs: 0, counts: {} } })).toEqual(
        found,
      );
    });
  });

  test('traffic is shifted by weights, and back', async () => {
    const drill = await drillByHand(FAILOVER, ['topology.traffic.public.lever=weighted-records']);
    const found = await recordsNow(drill);
    const weights = `aws route53 list-resource-record-sets --hosted-zone-id Z0EXAMPLE1SHOP --query 'ResourceRecordSets[].[SetIdentifier,Weight]' --output text`;
    expect(await drill.carryOut('shift/public')).toEqual(well('"Status": "(PENDING|INSYNC)"'));
    expect(await drill.type(weights)).toEqual(well('taipei\\s+0\\s+tokyo\\s+100'));
    expect(await drill.undo('shift/public', found)).toEqual(well('"Status": "(PENDING|INSYNC)"'));
    expect(await drill.type(weights)).toEqual(well('taipei\\s+100\\s+tokyo\\s+0'));
  });

  test('traffic is shifted by the roles of failover records, and back', async () => {
    const drill = await drillByHand(FAILOVER, [
      'topology.traffic.public.lever=failover-records',
      'topology.traffic.public.records=failover',
      'topology.traffic.public.recovery.healthCheck=22222222-aaaa-4bbb-8ccc-000000000002',
    ]);
    const found = await recordsNow(drill);
    const roles = `aws route53 list-resource-record-sets --hosted-zone-id Z0EXAMPLE1SHOP --query 'ResourceRecordSets[].[SetIdentifier,Failover]' --output text`;
    expect(await drill.carryOut('shift/public')).toEqual(well('"Status": "(PENDING|INSYNC)"'));
    expect(await drill.type(roles)).toEqual(well('taipei\\s+SECONDARY\\s+tokyo\\s+PRIMARY'));
    expect(await drill.undo('shift/public', found)).toEqual(well('"Status": "(PENDING|INSYNC)"'));
    expect(await drill.type(roles)).toEqual(well('taipei\\s+PRIMARY\\s+tokyo\\s+SECONDARY'));
  });

  test('traffic is shifted by routing controls, and back', async () => {
    const controls = 'arn:aws:route53-recovery-control::111122223333:controlpanel/0123/routingcontrol';
    const drill = await drillByHand(FAILOVER, [
      'topology.traffic.public.lever=arc-routing-controls',
      'topology.traffic.public.recovery.healthCheck=22222222-aaaa-4bbb-8ccc-000000000002',
      `topology.traffic.public.routingControls={ primary: ${controls}/taipei, recovery: ${controls}/tokyo, endpoints: { ap-northeast-1: "https://host.example.com", eu-west-1: "https://other.example.com" } }`,
    ]);
    // Here one account stands in for every endpoint.
    const here = (command: string) => command.replaceAll(/--endpoint-url \S+/g, '');
    const state = `aws route53-recovery-cluster get-routing-control-state --region ap-northeast-1 --routing-control-arn ${controls}/tokyo`;
    expect(await drill.type(here(drill.commandOf('shift/public')))).toEqual(well());
    expect(await drill.type(state)).toEqual(well('"RoutingControlState": "On"'));
  });

  test('healthy targets are seen behind the load balancer of the recovery region', async () => {
    const drill = await drillByHand(FAILOVER, ['topology.traffic.public.recovery.targetGroups=[shop-tokyo]']);
    expect(await drill.carryOut('shift/public/targets')).toEqual(well('"State": "healthy"'));
    expect(await drill.type('aws elbv2 describe-load-balancers --region ap-northeast-1')).toEqual(
      well('"Type": "network"'),
    );
  });

  test("traffic is shifted by an accelerator's dials, and back", async () => {
    const drill = await drillByHand(FAILOVER, [
      'topology.traffic.public.lever=global-accelerator-dials',
      `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
    ]);
    const oregon = 'aws globalaccelerator --region us-west-2';
    const accelerator = `--accelerator-arn ${LISTENER.split('/listener/')[0]}`;
    expect(await drill.type(`${oregon} list-accelerators && ${oregon} list-listeners ${accelerator}`)).toEqual(
      well('"DnsName": "a1234567890abcdef.*"ClientAffinity": "NONE"'),
    );
    const dials = `${oregon} list-endpoint-groups --listener-arn ${LISTENER} --query 'EndpointGroups[].[EndpointGroupRegion,TrafficDialPercentage]' --output text`;
    expect(await drill.carryOut('shift/public')).toEqual(
      well('"TrafficDialPercentage": 100.*"TrafficDialPercentage": 0'),
    );
    expect(await drill.type(dials)).toEqual(well('ap-east-2\\s+0\\S*\\s+ap-northeast-1\\s+100'));
    expect(await drill.type(`${oregon} describe-accelerator ${accelerator}`)).toEqual(well('"Enabled": true'));
    await drill.undo('shift/public', { [GROUPS.primary]: 100, [GROUPS.recovery]: 0 });
    expect(await drill.type(`${oregon} describe-endpoint-group --endpoint-group-arn ${GROUPS.recovery}`)).toEqual(
      well('"HealthState": "HEALTHY".*"TrafficDialPercentage": 0'),
    );
  });

  test('a snapshot is copied to the other region and deleted there, a replica made beside it', async () => {
    const drill = await drillByHand('drills/cross-region-restore.yaml');
    expect(await drill.carryOut('point/orders')).toEqual(
      well('^20\\d\\d-\\d\\d-\\d\\dT\\S+\\trds:ecommerce-db-primary-'),
    );
    const id = await newestSnapshot(drill);
    const results = { 'point/orders': { from: 'snapshot', id, timeMs: 0 } };
    expect(await drill.carryOut('copy/orders', results)).toEqual(well('"Status": "creating"'));
    await drill.type(
      'aws rds wait db-snapshot-available --region ap-northeast-1 --db-snapshot-identifier orders-copy-drill',
    );
    expect(await drill.carryOut('delete-snapshot/orders')).toEqual(well('"DBSnapshotIdentifier": "orders-copy-drill"'));
    const making = await drillByHand('drills/replica-promotion.yaml');
    expect(await making.carryOut('create')).toEqual(well('"DBInstanceStatus": "creating"'));
    const events = '--region ap-east-2 --source-identifier ecommerce-db-primary --source-type db-instance';
    expect(await making.type(`aws rds describe-events ${events}`)).toEqual(well('"Events"'));
  });

  test('secrets are compared, restored with the version before, and deleted', async () => {
    const drill = await drillByHand('drills/secrets-restore.yaml');
    expect(await drill.carryOut('compare-replicas')).toEqual(well('"Status": "InSync"'));
    expect(await drill.carryOut('restore-secrets')).toEqual(well('dr-drill/secrets-restore/ecommerce/database'));
    const name = '--region ap-northeast-1 --secret-id dr-drill/secrets-restore/ecommerce/database';
    const version = '--query VersionId --output text';
    const was = (await drill.type(`aws secretsmanager get-secret-value ${name} ${version}`)).out.trim();
    const put = await drill.type(`aws secretsmanager put-secret-value ${name} --secret-string two ${version}`);
    const moved = `--version-stage AWSCURRENT --move-to-version-id ${was} --remove-from-version-id ${put.out.trim()}`;
    expect(await drill.type(`aws secretsmanager update-secret-version-stage ${name} ${moved}`)).toEqual(well('"ARN"'));
    const gone = await drill.type(`aws secretsmanager delete-secret ${name} --force-delete-without-recovery`);
    expect(gone).toEqual(well('"DeletionDate"'));
  });

  test('a function is called', async () => {
    const drill = await drillByHand('test/drill/fixtures/own-steps.yaml');
    // What a function gives goes to a file: here to one that is no socket.
    expect(await drill.type(`{ ${drill.commandOf('warm')}; } | cat`)).toEqual(well('{"warmed":9}.*"StatusCode": 200'));
  });

  test('an automation is started, looked at and stopped', async () => {
    const drill = await drillByHand('test/drill/fixtures/own-steps.yaml');
    const { AutomationExecutionId: id } = JSON.parse((await drill.carryOut('drain')).out);
    const it = `--region ap-northeast-1 --automation-execution-id ${id}`;
    expect(await drill.type(`aws ssm get-automation-execution ${it}`)).toEqual(well('"InProgress"'));
    expect(await drill.type(`aws ssm stop-automation-execution ${it}`)).toEqual(well());
  });

  test('an experiment is started, and stopped by its template', async () => {
    const drill = await drillByHand('test/drill/fixtures/own-steps.yaml');
    const { experiment } = JSON.parse((await drill.carryOut('stress')).out);
    const it = `--region ap-northeast-1 --id ${experiment.id}`;
    expect(await drill.type(`aws fis get-experiment ${it}`)).toEqual(well('EXT2StressTheNodes'));
    const all = 'aws fis list-experiments --region ap-northeast-1 --experiment-template-id EXT2StressTheNodes';
    expect(await drill.type(all)).toEqual(well(experiment.id));
    expect(await drill.type(`aws fis stop-experiment ${it}`)).toEqual(well('"status": "stopp'));
  });

  test('a key signs a manifest', async () => {
    const drill = await drillByHand(FAILOVER);
    const key = '--region ap-northeast-1 --key-id alias/drill-evidence-ed25519';
    expect(await drill.type(`aws kms get-public-key ${key} --query KeySpec`)).toEqual(well('ECC_NIST_EDWARDS25519'));
    const sign = (file: string) =>
      drill.type(`aws kms sign ${key} --message fileb://${file} --signing-algorithm ED25519_SHA_512`);
    const data = '--region ap-northeast-1 --key-id alias/aws/rds';
    expect(await drill.type(`aws kms describe-key ${data}`)).toEqual(well('"KeyState": "Enabled"'));
    expect(await sign('tsconfig.types.json')).toEqual(well('"Signature"'));
    expect((await sign('package-lock.json')).err).toContain('less than or equal to 4096');
  });

  test('an object is written, deleted and restored, and its versions are listed', async () => {
    const drill = await drillByHand('drills/object-store-recovery.yaml');
    expect(await drill.carryOut('compare-replica')).toEqual(well('ecommerce-media-tokyo'));
    const object = '--region ap-east-2 --bucket ecommerce-media-taipei --key dr-drill/object-store-recovery/1';
    const put = await drill.type(`aws s3api put-object ${object} --body package.json --query VersionId --output text`);
    const written = { 'write-object': { key: '', version: put.out.trim() } };
    expect(await drill.carryOut('wait-for-replication', written)).toEqual(well('PENDING|COMPLETED'));
    expect(await drill.carryOut('delete-object')).toEqual(well('"DeleteMarker": true'));
    expect(await drill.carryOut('restore-version', written)).toEqual(well('"CopySourceVersionId"'));
    expect(await drill.carryOut('remove-versions')).toEqual(well('"DeleteMarker": true'));
    const left = await drill.type(
      'aws s3api list-object-versions --region ap-east-2 --bucket ecommerce-media-taipei --prefix dr-drill/object-store-recovery/1',
    );
    expect(left.out).not.toContain('VersionId');
  });

  test('the cache is restored from its snapshot and deleted, and its primary moves and comes back', async () => {
    const restore = await drillByHand('drills/redis-restore.yaml');
    const listed = await restore.carryOut('choose-snapshot');
    // Each with its time, its name and its node, the newest last.
    const [, id = ''] = listed.out.trimEnd().split('\n').at(-1)?.split('\t') ?? [];
    const results = { 'choose-snapshot': { id, timeMs: 0, node: 'a' }, 'restore-snapshot': { node: 'a', address: '' } };
    expect(await restore.carryOut('restore-snapshot', results)).toEqual(well('"Status": "creating"'));
    expect(await restore.carryOut('compare-keys', results)).toEqual(well('"StatusCode": "Complete"'));
    await restore.type(
      'aws elasticache wait replication-group-available --region ap-east-2 --replication-group-id sessions-restore-drill',
    );
    expect(await restore.carryOut('delete-group')).toEqual(well('"Status": "deleting"'));
    const over = await drillByHand('drills/redis-global-failover.yaml');
    expect(await over.carryOut('fail-over')).toEqual(well('"GlobalReplicationGroupId": "xhcbd-ecommerce-cache"'));
  });

  test('tables take an item, are restored to a point in time, and deleted', async () => {
    const drill = await drillByHand('drills/dynamodb-restore.yaml');
    expect(await drill.carryOut('choose')).toEqual(well('^20\\d\\d-\\d\\d-\\d\\dT'));
    const results = { choose: { timeMs: Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000 } };
    expect(await drill.carryOut('restore', results)).toEqual(well('"TableStatus": "CREATING"'));
    const copy = '--region eu-central-1 --table-name restore-drill-catalogue-titles';
    const ready = await drill.type(`aws dynamodb wait table-exists ${copy} && aws dynamodb describe-table ${copy}`);
    expect(ready).toEqual(well('"RestoreInProgress": false'));
    expect(await drill.carryOut('compare', results)).toEqual(well('3\\s+3'));
    const arn = 'arn:aws:dynamodb:eu-central-1:666677778888:table/restore-drill-catalogue-titles';
    const tags = `--region eu-central-1 --resource-arn ${arn}`;
    await drill.type(`aws dynamodb tag-resource ${tags} --tags Key=dr-drill,Value=mine`);
    expect(await drill.type(`aws dynamodb list-tags-of-resource ${tags}`)).toEqual(well('"Value": "mine"'));
    for (const name of ['catalogue-people', 'catalogue-dr-drill'])
      await drill.type(`aws dynamodb wait table-exists --region eu-central-1 --table-name restore-drill-${name}`);
    expect(await drill.carryOut('delete', results)).toEqual(well('"TableStatus": "DELETING"'));
    const over = await drillByHand('test/drill/fixtures/own-tables.yaml');
    expect(await over.carryOut('look/catalogue')).toEqual(well('"ReplicaStatus": "ACTIVE"'));
    expect(await over.carryOut('take-over/catalogue')).toEqual(well());
    // This run began at instant 1, so the shared item counts as its first.
    expect(await over.carryOut('count/catalogue')).toEqual(well('^1'));
    const key = `'{"run":{"S":"dr-drill:1"},"sequence":{"N":"1"}}'`;
    const item = `--region eu-west-1 --table-name catalogue-dr-drill --key ${key}`;
    expect(await over.type(`aws dynamodb get-item ${item}`)).toEqual(well('"S": "dr-drill:1"'));
    expect(await over.type('aws dynamodb list-tables --region eu-west-1')).toEqual(well('"catalogue-people"'));
    expect(await over.undo('follow/catalogue/replicas', { lacking: ['catalogue-titles'] })).toEqual(
      well('"ReplicaStatus": "DELETING"'),
    );
  });

  test('consumers of Kafka are stopped, and begin at translated offsets', async () => {
    const drill = await drillByHand('drills/kafka-failover.yaml');
    expect(await drill.carryOut('validate')).toEqual(well('ecommerce-messages-recovery\\tACTIVE'));
    const brokers = '--bootstrap-server b-1.ecommercemessagesprimary.*:9098';
    expect(await drill.carryOut('stop-consumers')).toEqual(
      well(`scale deployment/order-fulfilment --replicas=0.*${brokers}.*--describe --group order-fulfilment --state`),
    );
    expect(await drill.carryOut('write-markers')).toEqual(well(`kafka-console-producer.sh ${brokers}`));
    const positions = [{ topic: 'taipei.orders', partition: 0, offset: 17 }];
    const translated = [{ group: 'notifications', positions }];
    const results = { 'check-translation': { translated, truths: translated } };
    const set = '--group notifications --topic taipei.orders:0 --reset-offsets --to-offset 17 --execute';
    expect(await drill.carryOut('commit-offsets', results)).toEqual(well(`messagesrecovery.*${set}`));
    expect(
      await drill.type(
        'aws kafka describe-cluster-v2 --region ap-northeast-1 --cluster-arn "$(aws kafka list-clusters-v2 --region ap-northeast-1 --query \'ClusterInfoList[0].ClusterArn\' --output text)"',
      ),
    ).toEqual(well('"State": "ACTIVE"'));
  });

  const POINT = { from: 'point-in-time', id: '', timeMs: Date.now() - 3_600_000 };

  describe.each([
    {
      path: 'drills/snapshot-restore.yaml',
      point: undefined,
      chosen: '^20\\d\\d-\\d\\d-\\d\\dT\\S+\\trds:ecommerce-db-primary-',
    },
    { path: 'drills/point-in-time-restore.yaml', point: POINT, chosen: '^20\\d\\d-\\d\\d-\\d\\dT' },
  ])('the commands of $path', ({ path, point, chosen }) => {
    test('restore the database beside the live one, check it, and delete it', async () => {
      const drill = await drillByHand(path, ['heartbeat.lasts=2 s']);
      expect(await drill.carryOut('preflight')).toEqual(well('"Account": "111122223333"'));
      expect(await drill.type('aws rds describe-db-instances --region ap-east-2')).toEqual(
        well('"LatestRestorableTime"'),
      );
      expect(await drill.carryOut('write-heartbeats')).toEqual(well('psql -h ecommerce-db-primary'));
      const listed = await drill.carryOut('choose-recovery-point/orders');
      expect(listed).toEqual(well(chosen));
      const results = {
        'choose-recovery-point/orders': point ?? {
          from: 'snapshot',
          id: await newestSnapshot(drill),
          timeMs: 0,
        },
        'count-source': { asOfMs: 0, counts: {} },
      };
      expect(await drill.carryOut('count-source', results)).toEqual(well('psql -h ecommerce-db-primary'));
      expect(await drill.carryOut('restore/orders', results)).toEqual(well('"DBInstanceStatus": "creating"'));
      const found = well('psql -h orders-(restore|pitr)-drill\\.');
      expect(await drill.carryOut('wait-until-usable', results)).toEqual(found);
      expect(await drill.carryOut('delete-restored/orders')).toEqual(well('"DBInstanceStatus": "deleting"'));
      const left = "DBInstances[?contains(DBInstanceIdentifier, '-drill')]";
      const gone = await drill.type(`aws rds describe-db-instances --region ap-east-2 --query "${left}"`);
      expect(gone).toEqual(well('^\\[\\]'));
    });
  });

  describe('what no command of a drill asks for', () => {
    const drill = drillByHand(FAILOVER);
    const role = 'arn:aws:iam::111122223333:role/dr-drill';
    const group = '--cluster-name ecommerce-recovery --nodegroup-name ecommerce-recovery-workers';
    const record = `{"Name":"shop.example.com","Type":"A","SetIdentifier":"tokyo","Weight":0,"TTL":10,"ResourceRecords":[{"Value":"192.0.2.1"}]}`;
    const lag = `{"Id":"lag","MetricStat":{"Metric":{"Namespace":"AWS/RDS","MetricName":"ReplicaLag","Dimensions":[{"Name":"DBInstanceIdentifier","Value":"ecommerce-db-dr-replica"}]},"Period":60,"Stat":"Average"}}`;
    const window = `--start-time $(date -u -d '-10 minutes' +%FT%TZ) --end-time $(date -u +%FT%TZ)`;
    const cache = '--region ap-east-2';
    const primaryCache = '--replication-group-id ecommerce-cache-primary';
    const datastore = '--region ap-northeast-1 --global-replication-group-id xhcbd-ecommerce-cache';
    const global = '--region ap-northeast-1 --global-cluster-identifier ecommerce-global';
    const auroraIn = (region: string, side: string) =>
      `arn:aws:rds:${region}:111122223333:cluster:ecommerce-aurora-${side}`;
    const topic = 'arn:aws:sns:ap-northeast-1:111122223333:ecommerce-incident-commander';
    const snapshots = '--region ap-east-2 --db-cluster-identifier ecommerce-aurora-primary --snapshot-type automated';
    const newest = (what: string) =>
      `"$(aws rds describe-db-cluster-snapshots ${snapshots} --query 'DBClusterSnapshots[0].${what}' --output text)"`;
    const restored = '--region ap-east-2 --db-cluster-identifier restored';
    const deleted = `aws rds wait db-cluster-available ${restored} && aws rds delete-db-cluster ${restored} --skip-final-snapshot`;
    const media = '--region ap-east-2 --bucket ecommerce-media-taipei';
    const product = `${media} --key products/1001.json`;
    const quota = '--region ap-northeast-1 --service-code rds --quota-code L-7B6409FD';

    test.each<[command: string, printed: string]>([
      ['eks list-clusters --region ap-northeast-1', '"ecommerce-recovery"'],
      ['eks list-nodegroups --region ap-northeast-1 --cluster-name ecommerce-recovery', '"ecommerce-recovery-workers"'],
      ['route53 get-hosted-zone --id Z0EXAMPLE1SHOP', '"Id": "/hostedzone/Z0EXAMPLE1SHOP"'],
      ['route53 list-hosted-zones', '"Id": "/hostedzone/Z0EXAMPLE1SHOP"'],
      ['rds describe-db-clusters --region ap-east-2', '"DBClusterIdentifier": "ecommerce-aurora-primary"'],
      [
        'rds create-db-instance --region ap-northeast-1 --db-cluster-identifier ecommerce-aurora-recovery --db-instance-identifier ecommerce-aurora-recovery-2 --db-instance-class db.r6g.large --engine aurora-postgresql',
        '"DBInstanceStatus": "creating"',
      ],
      [
        'rds modify-db-cluster --region ap-northeast-1 --db-cluster-identifier ecommerce-aurora-recovery --vpc-security-group-ids sg-0a1b2c3d4e5f6000f',
        '"DBClusterIdentifier": "ecommerce-aurora-recovery"',
      ],
      [
        `rds switchover-global-cluster ${global} --target-db-cluster-identifier ${auroraIn('ap-northeast-1', 'recovery')} && until [ "$(aws rds describe-global-clusters ${global} --query 'GlobalClusters[0].Status' --output text)" = available ]; do :; done && aws rds failover-global-cluster ${global} --target-db-cluster-identifier ${auroraIn('ap-east-2', 'primary')} --allow-data-loss`,
        '"Status": "switching-over".*"Status": "failing-over"',
      ],
      [`rds describe-db-cluster-snapshots ${snapshots}`, '"SnapshotType": "automated"'],
      [
        `rds copy-db-cluster-snapshot --region ap-east-2 --source-db-cluster-snapshot-identifier ${newest('DBClusterSnapshotArn')} --target-db-cluster-snapshot-identifier copied && aws rds wait db-cluster-snapshot-available --region ap-east-2 --db-cluster-snapshot-identifier copied && aws rds delete-db-cluster-snapshot --region ap-east-2 --db-cluster-snapshot-identifier copied`,
        '"Status": "creating".*"Status": "deleted"',
      ],
      [
        `rds restore-db-cluster-from-snapshot ${restored} --engine aurora-postgresql --snapshot-identifier ${newest('DBClusterSnapshotIdentifier')} && ${deleted}`,
        '"Status": "creating".*"Status": "deleting"',
      ],
      [
        `rds restore-db-cluster-to-point-in-time ${restored.replace('restored', 'of-a-time')} --source-db-cluster-identifier ecommerce-aurora-primary --restore-to-time "$(aws rds describe-db-clusters --region ap-east-2 --db-cluster-identifier ecommerce-aurora-primary --query 'DBClusters[0].LatestRestorableTime' --output text)"`,
        '"DBClusterIdentifier": "of-a-time"',
      ],
      ['eks describe-cluster --region ap-northeast-1 --name ecommerce-recovery', '"status": "ACTIVE"'],
      [
        `eks describe-update --region ap-northeast-1 --name ecommerce-recovery --update-id $(aws eks update-nodegroup-config --region ap-northeast-1 ${group} --scaling-config desiredSize=4 --query update.id --output text)`,
        '"type": "ConfigUpdate"',
      ],
      [
        `route53 get-change --id $(aws route53 change-resource-record-sets --hosted-zone-id Z0EXAMPLE1SHOP --change-batch '{"Changes":[{"Action":"UPSERT","ResourceRecordSet":${record}}]}' --query ChangeInfo.Id --output text)`,
        '"Status": "(PENDING|INSYNC)"',
      ],
      ['route53 get-health-check --health-check-id 11111111-aaaa-4bbb-8ccc-000000000001', '"Type": "CALCULATED"'],
      ['rds describe-db-instance-automated-backups --region ap-east-2', '"BackupRetentionPeriod": 7'],
      [
        `cloudwatch get-metric-data --region ap-northeast-1 ${window} --metric-data-queries '[${lag}]'`,
        '"StatusCode": "Complete"',
      ],
      ['cloudwatch describe-alarms --region ap-northeast-1', '"StateValue": "OK"'],
      [`elasticache describe-replication-groups ${cache} ${primaryCache}`, '"Status": "available"'],
      [`elasticache describe-snapshots ${cache} ${primaryCache}`, '"SnapshotSource": "automated"'],
      [
        `elasticache create-replication-group ${cache} --replication-group-id a --replication-group-description a && aws elasticache wait replication-group-available ${cache} --replication-group-id a && aws elasticache delete-replication-group ${cache} --replication-group-id a`,
        '"Status": "creating".*"Status": "deleting"',
      ],
      [
        `elasticache describe-global-replication-groups ${datastore} --show-member-info`,
        '"ReplicationGroupId": "ecommerce-cache-recovery"',
      ],
      [
        // The old primary can leave once it is none any more.
        `elasticache failover-global-replication-group ${datastore} --primary-region ap-northeast-1 --primary-replication-group-id ecommerce-cache-recovery && until aws elasticache disassociate-global-replication-group ${datastore} --replication-group-region ap-east-2 --replication-group-id ecommerce-cache-primary 2> /dev/null; do :; done`,
        '"Role": "SECONDARY".*"Status": "disassociating"',
      ],
      ['sns list-topics --region ap-northeast-1', `"TopicArn": "${topic}"`],
      [`sns get-topic-attributes --region ap-northeast-1 --topic-arn ${topic}`, '"SubscriptionsConfirmed": "1"'],
      [`sns publish --region ap-northeast-1 --topic-arn ${topic} --subject drill --message '<&> 演練'`, '"MessageId"'],
      ['s3api list-buckets --region ap-east-2 --bucket-region ap-east-2', '"Name": "ecommerce-media-taipei"'],
      ['secretsmanager list-secrets --region ap-east-2', '"Name": "ecommerce/payments"'],
      [`elasticache describe-cache-clusters ${cache}`, '"ReplicationGroupId": "ecommerce-cache-primary"'],
      [`s3api get-bucket-location ${media}`, '"LocationConstraint": "ap-east-2"'],
      [`s3api get-bucket-versioning ${media}`, '"Status": "Enabled"'],
      [`s3api get-bucket-replication ${media}`, '"Bucket": "arn:aws:s3:::ecommerce-media-tokyo"'],
      [`s3api list-objects-v2 ${media} --prefix products/`, '"Key": "products/1001.json"'],
      [`s3api head-object ${product}`, '"ReplicationStatus": "COMPLETED"'],
      [
        `s3api get-object ${product} "$HOME/product.json" && cat "$HOME/product.json"`,
        '"ContentType": "application/json".*"product":1001',
      ],
      [`s3 cp - s3://ecommerce-media-taipei/notes/1.txt --region ap-east-2 <<< 'as a stream'`, ''],
      ['s3 cp s3://ecommerce-media-taipei/products/1002.json - --region ap-east-2', '"product":1002'],
      [`s3api put-object ${media} --key lease --body package.json --if-none-match '*'`, '"ETag": .*"VersionId": '],
      [
        `s3api copy-object ${media} --key copy --copy-source ecommerce-media-taipei/products/1001.json`,
        '"LastModified"',
      ],
      [`s3api delete-object ${media} --key products/1003.json`, '"DeleteMarker": true'],
      [`s3api list-object-versions ${media}`, '"Versions".*"Key": "products/1001.json"'],
      ['iam get-role --role-name dr-drill', role],
      [
        `iam simulate-principal-policy --policy-source-arn ${role} --action-names rds:PromoteReadReplica`,
        '"EvalDecision": "allowed"',
      ],
      [
        'rds describe-db-subnet-groups --region ap-east-2 --db-subnet-group-name ecommerce-private',
        '"SubnetGroupStatus": "Complete".*"Name": "ap-east-2b"',
      ],
      [
        'rds describe-db-parameter-groups --region ap-east-2 --db-parameter-group-name ecommerce-postgres17',
        '"DBParameterGroupFamily": "postgres17"',
      ],
      [
        'rds describe-option-groups --region ap-east-2 --option-group-name default:postgres-17',
        '"MajorEngineVersion": "17"',
      ],
      [
        'rds describe-orderable-db-instance-options --region ap-east-2 --engine postgres --db-instance-class db.r6g.xlarge --vpc',
        '"MultiAZCapable": true',
      ],
      [
        'ec2 describe-security-groups --region ap-east-2 --filters Name=group-id,Values=sg-0a1b2c3d4e5f60001,sg-none Name=vpc-id,Values=vpc-ap-east-2',
        '"GroupId": "sg-0a1b2c3d4e5f60001"',
      ],
      [
        'ec2 describe-capacity-reservations --region ap-northeast-1 --filters Name=state,Values=active Name=instance-type,Values=m6i.xlarge',
        '"AvailabilityZone": "ap-northeast-1a".*"AvailableInstanceCount": 2',
      ],
      [
        'ec2 describe-subnets --region ap-northeast-1 --filters Name=availability-zone,Values=ap-northeast-1b',
        '"AvailabilityZone": "ap-northeast-1b"',
      ],
      [`elasticache describe-cache-subnet-groups ${cache}`, '"CacheSubnetGroupName": "'],
      [`elasticache describe-cache-parameter-groups ${cache}`, '"CacheParameterGroupFamily": "redis7"'],
      ['lambda get-function-configuration --region ap-northeast-1 --function-name warm-up', '"State": "Active"'],
      ['ssm describe-document --region ap-northeast-1 --name Shop-Drain', '"DocumentType": "Automation"'],
      [
        'fis get-experiment-template --region ap-northeast-1 --id EXT2StressTheNodes',
        '"roleArn": "arn:aws:iam::111122223333:role/fis-experiments"',
      ],
      [
        'cloudwatch put-metric-data --region ap-northeast-1 --namespace dr-drill --metric-name dr_drill_missed --value 0',
        '',
      ],
      [`service-quotas get-service-quota ${quota}`, '"Value": 40'],
      [`service-quotas get-aws-default-service-quota ${quota}`, '"Value": 40'],
    ])('aws %s', async (command, printed) => {
      expect(await (await drill).type(`aws ${command}`)).toEqual(well(printed));
    });

    test.each<[command: string, refused: string]>([
      [
        'route53 get-health-check-status --health-check-id 11111111-aaaa-4bbb-8ccc-000000000001',
        '\\(InvalidInput\\) when calling the GetHealthCheckStatus operation',
      ],
      [
        'rds promote-read-replica --region ap-east-2 --db-instance-identifier ecommerce-db-primary',
        '\\(InvalidDBInstanceState\\) when calling the PromoteReadReplica operation.* is not a read replica',
      ],
      [
        'rds failover-db-cluster --region ap-east-2 --db-cluster-identifier ecommerce-aurora-primary',
        '\\(InvalidDBClusterStateFault\\) when calling the FailoverDBCluster operation',
      ],
      [
        'rds describe-db-subnet-groups --region ap-east-2 --db-subnet-group-name none',
        '\\(DBSubnetGroupNotFoundFault\\) when calling the DescribeDBSubnetGroups operation',
      ],
      [
        'ec2 describe-capacity-reservations --region ap-northeast-1 --capacity-reservation-ids cr-none',
        '\\(InvalidCapacityReservationId.NotFound\\) when calling the DescribeCapacityReservations operation',
      ],
      [
        'ec2 describe-security-groups --region ap-east-2 --group-ids sg-none',
        '\\(InvalidGroup.NotFound\\) when calling the DescribeSecurityGroups operation',
      ],
      [
        `s3api put-object ${product} --body package.json --if-none-match '*'`,
        '\\(PreconditionFailed\\) when calling the PutObject operation',
      ],
      [
        `eks update-nodegroup-config --region ap-northeast-1 ${group} --scaling-config desiredSize=99`,
        '\\(InvalidParameterException\\) when calling the UpdateNodegroupConfig operation',
      ],
    ])('aws %s is refused', async (command, refused) => {
      const { code, out, err } = await (await drill).type(`aws ${command}`);
      expect([code, out]).toEqual([expect.toSatisfy((status) => status > 0), '']);
      expect(err).toMatch(new RegExp(refused, 's'));
    });
  });
});

test('the AWS CLI called every operation that a drill may use', () => {
  const called = new Set(accounts.flatMap(({ calls }) => calls.map((call) => `${call.service}:${call.operation}`)));
  const wanted = operations.map(({ service, operation }) => `${service}:${operation}`);
  expect(wanted.filter((one) => !called.has(one))).toEqual([]);
});

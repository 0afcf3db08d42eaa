import { CreateClusterCommand, CreateNodegroupCommand, DescribeNodegroupCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBSubnetGroupCommand,
  DescribeDBInstancesCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  GetHealthCheckCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import type { RunEvent } from '../../src/journal/events.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { steps } from '../../src/steps/index.ts';
import type { AnyStep, StepContext } from '../../src/steps/step.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { awsEnvironment, shell } from './outside.ts';

const PRIMARY = 'us-west-2';
const RECOVERY = 'ap-northeast-1';
const ACCOUNT = '123456789012';

let moto: MotoServer;
let rds: RDSClient;
let recovery: { rds: RDSClient; eks: EKSClient };
let route53: Route53Client;
let zone: string;
let healthCheck: string;
let context: StepContext;
let calls: Extract<RunEvent, { type: 'call' }>[];

beforeAll(async () => {
  moto = await startMoto();
  for (const [name, value] of Object.entries(awsEnvironment(moto.url))) vi.stubEnv(name, value);
  rds = new RDSClient({ region: PRIMARY });
  recovery = { rds: new RDSClient({ region: RECOVERY }), eks: new EKSClient({ region: RECOVERY }) };
  route53 = new Route53Client({ region: 'us-east-1' });
  await prepare();
  context = await newContext();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await moto?.close();
});

/** What the drills' topology would describe, as far as moto goes. */
async function prepare(): Promise<void> {
  const subnets = await shell(
    `aws ec2 describe-subnets --region ${PRIMARY} --query 'Subnets[].SubnetId' --output text`,
    moto.url,
  );
  await rds.send(
    new CreateDBSubnetGroupCommand({
      ...{ DBSubnetGroupName: 'private', DBSubnetGroupDescription: 'of the shop' },
      SubnetIds: subnets.out.trim().split(/\s+/),
    }),
  );
  await rds.send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier: 'writer', DBInstanceClass: 'db.t3.medium', Engine: 'postgres', AllocatedStorage: 20 },
      ...{ MasterUsername: 'shop', MasterUserPassword: 'not a secret', BackupRetentionPeriod: 7 },
    }),
  );
  await recovery.rds.send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: 'replica',
      SourceDBInstanceIdentifier: `arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:writer`,
    }),
  );
  const made = await route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'zone' }));
  zone = made.HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  const check = await route53.send(
    new CreateHealthCheckCommand({
      CallerReference: 'check',
      HealthCheckConfig: { Type: 'CALCULATED', HealthThreshold: 0, ChildHealthChecks: [] },
    }),
  );
  healthCheck = check.HealthCheck?.Id ?? '';
  const record = (SetIdentifier: string, Weight: number, Value: string): ResourceRecordSet => ({
    ...{ Name: 'shop.example.com', Type: 'A', SetIdentifier, Weight, TTL: 30, ResourceRecords: [{ Value }] },
  });
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: {
        Changes: [
          { Action: 'CREATE', ResourceRecordSet: record('taipei', 100, '203.0.113.10') },
          { Action: 'CREATE', ResourceRecordSet: record('tokyo', 0, '198.51.100.20') },
        ],
      },
    }),
  );
  const vpc = { subnetIds: ['subnet-1'] };
  await recovery.eks.send(
    new CreateClusterCommand({ name: 'recovery', roleArn: role('cluster'), resourcesVpcConfig: vpc }),
  );
  await recovery.eks.send(
    new CreateNodegroupCommand({
      ...{ clusterName: 'recovery', nodegroupName: 'workers', nodeRole: role('node'), subnets: ['subnet-1'] },
      scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 9 },
    }),
  );
}

const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** Our own way to AWS, by the environment's endpoint; what is not AWS answers as it would after the step. */
async function newContext(): Promise<StepContext> {
  const clock = realClock();
  const { signal } = new AbortController();
  calls = [];
  const nothing = async (): Promise<never> => {
    throw new Error('moto has none');
  };
  const tokyo = async () => ({ addresses: ['198.51.100.20'], ttlMs: 0 });
  const refusing = async (): Promise<never> => {
    throw Object.assign(new Error('nobody gets in'), { name: 'ConnectionFailed' });
  };
  return {
    aws: gateway({
      transport: await liveTransport(clock),
      clock,
      regions: [PRIMARY, RECOVERY, 'us-east-1'],
      record: (event) => event.type === 'call' && calls.push(event),
      isChange: (service, operation) => isChange(`${service}:${operation}`),
      jitter: () => 0.5,
    })({ step: 'moto', signal }),
    clock,
    signal,
    record() {},
    entries: () => [],
    probed: () => [],
    dns: { resolve: tokyo, authoritative: tokyo },
    http: { request: nothing },
    sql: { query: refusing },
    kubernetes: { deployment: nothing, scale: nothing, setEnvironment: nothing, nodes: nothing },
    failure: { inject: nothing, heal: nothing, active: nothing },
    people: { ask: nothing, answers: nothing },
  };
}

/** Carries a step out as a run does. */
async function carriedOut(kind: string, params: object) {
  const step = steps.get(kind) as AnyStep;
  const before = await step.observe(params, context);
  expect(before.done).toBe(false);
  const receipt = await step.apply?.(params, context, before);
  const result = await step.settle?.(params, context, before, receipt);
  return { step, before, result };
}

const instance = async (client: RDSClient, id: string) =>
  (await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances?.[0];

describe('steps, on an account that somebody else simulates', () => {
  const target = {
    ...{ region: PRIMARY, source: 'writer', instanceClass: 'db.t3.medium', subnetGroup: 'private' },
    ...{ parameterGroup: 'default.postgres17', securityGroups: ['sg-1'], drill: 'moto' },
  };

  test('a snapshot is chosen, restored with what it was told, and deleted', async () => {
    const choice = { region: PRIMARY, instance: 'writer', from: 'snapshot', maxAgeMs: 86_400_000, beforeMs: 0 };
    const { result } = await carriedOut('rds.choose-recovery-point', choice);
    expect(result).toMatchObject({ from: 'snapshot', id: expect.stringMatching(/^rds:writer-/) });
    const snapshot = (result as { id: string }).id;
    const restore = { ...target, identifier: 'from-snapshot', snapshot };
    const { step } = await carriedOut('rds.restore-from-snapshot', restore);
    expect(await instance(rds, 'from-snapshot')).toMatchObject({
      DBInstanceClass: 'db.t3.medium',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }],
      TagList: [{ Key: 'dr-drill', Value: 'moto' }],
    });
    // Looked at again, it is there: nobody restores it twice.
    expect((await step.observe(restore, context)).done).toBe(true);
    await carriedOut('rds.delete-instance', { region: PRIMARY, identifier: 'from-snapshot', drill: 'moto' });
    await expect(instance(rds, 'from-snapshot')).rejects.toThrow(/not found/);
  }, 60_000);

  test('a restore to a point in time', async () => {
    const restore = { ...target, identifier: 'from-time', timeMs: Date.now() - 60_000 };
    await carriedOut('rds.restore-to-point-in-time', restore);
    expect(await instance(rds, 'from-time')).toMatchObject({
      DBInstanceStatus: 'available',
      DeletionProtection: false,
    });
    await carriedOut('rds.delete-instance', { region: PRIMARY, identifier: 'from-time', drill: 'moto' });
  }, 60_000);

  test('the old writer is put into quarantine, restarted, and let out again', async () => {
    const fence = {
      region: PRIMARY,
      instance: 'writer',
      database: 'shop',
      quarantine: 'sg-nobody',
      securityGroups: ['sg-1'],
    };
    const { step, before, result } = await carriedOut('rds.fence-writer', fence);
    expect(result).toEqual({ how: 'quarantined' });
    expect(calls.filter(({ mutating }) => mutating).map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['ModifyDBInstance', 'RebootDBInstance']),
    );
    expect((await instance(rds, 'writer'))?.VpcSecurityGroups).toMatchObject([{ VpcSecurityGroupId: 'sg-nobody' }]);
    context = { ...context, sql: { query: async () => [] } };
    await step.undo?.(fence, context, before);
    const groups = (await instance(rds, 'writer'))?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId);
    expect(groups).not.toContain('sg-nobody');
    context = await newContext();
  }, 60_000);

  test('a health check is inverted, and back', async () => {
    const lever = { healthCheck, name: 'shop.example.com', address: '198.51.100.20' };
    const { step, before } = await carriedOut('route53.invert-health-check', lever);
    const inverted = async () =>
      (await route53.send(new GetHealthCheckCommand({ HealthCheckId: healthCheck }))).HealthCheck?.HealthCheckConfig
        ?.Inverted;
    expect(await inverted()).toBe(true);
    await step.undo?.(lever, context, before);
    expect(await inverted()).toBe(false);
  });

  test('records are weighted, and back', async () => {
    const weights = async () => {
      const listed = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone }));
      return Object.fromEntries(
        (listed.ResourceRecordSets ?? []).flatMap(({ SetIdentifier: id, Weight }) => (id ? [[id, Weight]] : [])),
      );
    };
    const shift = { zone, name: 'shop.example.com', weights: { taipei: 0, tokyo: 100 }, address: '198.51.100.20' };
    const { step, before } = await carriedOut('route53.weight-records', shift);
    expect(await weights()).toEqual({ taipei: 0, tokyo: 100 });
    await step.undo?.(shift, context, before);
    expect(await weights()).toEqual({ taipei: 100, tokyo: 0 });
  });

  test('a node group is given its new size; how its update goes moto cannot tell, and that is said', async () => {
    const kubernetes = { ...context.kubernetes, nodes: async () => [] };
    context = { ...context, kubernetes };
    const size = { region: RECOVERY, cluster: 'recovery', nodegroup: 'workers', size: { min: 3, desired: 3, max: 9 } };
    await expect(carriedOut('eks.scale-node-group', { ...size, namespace: 'shop' })).rejects.toMatchObject({
      code: 'not-supported',
      message: 'eks DescribeUpdate is not supported by this endpoint.',
    });
    const { nodegroup } = await recovery.eks.send(
      new DescribeNodegroupCommand({ clusterName: 'recovery', nodegroupName: 'workers' }),
    );
    expect(nodegroup?.scalingConfig).toEqual({ minSize: 3, desiredSize: 3, maxSize: 9 });
    context = await newContext();
  });
});

/** Each is why a drill against moto proves little. One that fails here has been mended upstream: then let moto tell the truth above. */
describe("moto's lies, in this version", () => {
  test('a promoted replica keeps its source', async () => {
    await recovery.rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'replica' }));
    expect((await instance(recovery.rds, 'replica'))?.ReadReplicaSourceDBInstanceIdentifier).toContain(':db:writer');
  });

  test('what is no replica can be promoted', async () => {
    await expect(rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'writer' }))).resolves.toBeDefined();
  });

  test('the future can be restored', async () => {
    const RestoreTime = new Date(Date.now() + 86_400_000);
    const future = { SourceDBInstanceIdentifier: 'writer', TargetDBInstanceIdentifier: 'tomorrow', RestoreTime };
    const { DBInstance } = await rds.send(new RestoreDBInstanceToPointInTimeCommand(future));
    expect(DBInstance?.DBInstanceStatus).toBe('available');
  });

  test('a node group may want more nodes than it may have', async () => {
    const params = { clusterName: 'recovery', nodegroupName: 'workers' };
    const { UpdateNodegroupConfigCommand } = await import('@aws-sdk/client-eks');
    await recovery.eks.send(
      new UpdateNodegroupConfigCommand({ ...params, scalingConfig: { minSize: 1, desiredSize: 5, maxSize: 2 } }),
    );
    const { nodegroup } = await recovery.eks.send(new DescribeNodegroupCommand(params));
    expect(nodegroup?.scalingConfig).toMatchObject({ desiredSize: 5, maxSize: 2 });
  });

  test('the version of a health check is not looked at', async () => {
    const stale = { HealthCheckId: healthCheck, HealthCheckVersion: 99, Inverted: false };
    await expect(route53.send(new UpdateHealthCheckCommand(stale))).resolves.toBeDefined();
  });

  test('a change is in sync at once', async () => {
    const ResourceRecordSet: ResourceRecordSet = {
      Name: 'now.example.com',
      Type: 'A',
      TTL: 1,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    };
    const { ChangeInfo } = await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
      }),
    );
    expect(ChangeInfo?.Status).toBe('INSYNC');
  });

  test.each([
    [
      'rds',
      PRIMARY,
      'Action=FailoverGlobalCluster&Version=2014-10-31&GlobalClusterIdentifier=g&TargetDbClusterIdentifier=c',
    ],
    [
      'rds',
      PRIMARY,
      'Action=SwitchoverGlobalCluster&Version=2014-10-31&GlobalClusterIdentifier=g&TargetDbClusterIdentifier=c',
    ],
  ])('%s has no global clusters to fail over, and answers with a web page', async (service, region, body) => {
    const answer = await fetch(moto.url, {
      method: 'POST',
      headers: { ...signedFor(service, region), 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    expect([answer.status >= 400, answer.headers.get('content-type')]).toEqual([
      true,
      expect.stringMatching(/^text\/html/),
    ]);
  });

  test('nobody can ask Route 53 what it would answer', async () => {
    const answer = await fetch(`${moto.url}/2013-04-01/testdnsanswer?hostedzoneid=${zone}&recordname=a&recordtype=A`, {
      headers: signedFor('route53', 'us-east-1'),
    });
    expect(answer.status).toBe(404);
  });
});

const signedFor = (service: string, region: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

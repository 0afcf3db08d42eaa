import type { DescribeNodegroupCommandOutput } from '@aws-sdk/client-eks';
import type { DBInstance, DescribeDBInstancesCommandOutput } from '@aws-sdk/client-rds';
import type {
  GetHealthCheckCommandOutput,
  ListResourceRecordSetsCommandOutput,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Ports } from '../../src/ports/ports.ts';
import type { Boto3 } from './boto3.ts';
import { GLOBAL } from './moto-account.ts';

const refused = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** An instance as boto3 describes it; `undefined` when there is none. */
export async function instanceSeen(boto3: Boto3, region: string, id: string): Promise<DBInstance | undefined> {
  const all = await boto3.call<DescribeDBInstancesCommandOutput>('rds', region, 'DescribeDBInstances');
  return all.DBInstances?.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id);
}

/** The records of a name as boto3 lists them. */
export async function recordsSeen(boto3: Boto3, HostedZoneId: string, name: string): Promise<ResourceRecordSet[]> {
  const input = { HostedZoneId };
  const listed = await boto3.call<ListResourceRecordSetsCommandOutput>(
    'route53',
    GLOBAL,
    'ListResourceRecordSets',
    input,
  );
  return (listed.ResourceRecordSets ?? []).filter(({ Name }) => Name === `${name}.`);
}

export async function checkSeen(boto3: Boto3, HealthCheckId: string) {
  const answer = await boto3.call<GetHealthCheckCommandOutput>('route53', GLOBAL, 'GetHealthCheck', { HealthCheckId });
  return answer.HealthCheck?.HealthCheckConfig;
}

export async function sizeSeen(boto3: Boto3, region: string, group: object) {
  const answer = await boto3.call<DescribeNodegroupCommandOutput>('eks', region, 'DescribeNodegroup', group);
  return answer.nodegroup?.scalingConfig;
}

/** What a drill touches besides AWS, as it would follow if moto's account were real: another client looks and tells. */
export function portsBehind(boto3: Boto3, zone: string, quarantine: string): Ports {
  const answer = async (name: string) => ({ addresses: await addressesOf(boto3, zone, name), ttlMs: 30_000 });
  const nobody = async (): Promise<never> => {
    throw refused('ConnectionFailed', 'Nobody is there.');
  };
  return {
    dns: { authoritative: answer, resolve: answer },
    http: { request: nobody },
    redis: { write: nobody, read: nobody },
    kafka: {
      ends: nobody,
      group: nobody,
      committed: nobody,
      commit: nobody,
      forget: nobody,
      produce: nobody,
      records: nobody,
      prints: nobody,
    },
    failure: { lacks: async () => [], inject: nobody, heal: nobody, active: async () => false },
    people: { decidesHeld: false, ask: nobody, answers: async () => [], continuations: async () => [] },
    sql: {
      async query({ region, instance }, { name }) {
        const found = await instanceSeen(boto3, region, instance);
        const groups = found?.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId) ?? [];
        if (!found || groups.includes(quarantine)) throw refused('ConnectionFailed', `${instance} lets nobody in.`);
        const standby = found.ReadReplicaSourceDBInstanceIdentifier !== undefined;
        if (name === 'is-standby') return [{ standby }];
        if (standby) throw refused('ReadOnly', `${instance} is a standby.`);
        return [];
      },
    },
    kubernetes: {
      deployment: async (_, name) => ({
        ...{ name, wanted: 1, updated: 1, ready: 1, available: 1 },
        environment: {},
        unread: [],
      }),
      troubles: async () => [],
      may: async () => ({ allowed: true, reason: '' }),
      autoscalers: async () => [],
      setMinimum: nobody,
      scale: nobody,
      setEnvironment: nobody,
      namespace: nobody,
      createNamespace: nobody,
      deleteNamespace: nobody,
      objects: nobody,
      apply: nobody,
      async nodes({ region, cluster: clusterName }, nodegroupName) {
        const { desiredSize = 0 } = (await sizeSeen(boto3, region, { clusterName, nodegroupName })) ?? {};
        return Array.from({ length: desiredSize }, (_, index) => ({ name: `node-${index}`, ready: true }));
      },
    },
  };
}

/** What Route 53 would answer for a name with failover or weighted records. */
async function addressesOf(boto3: Boto3, zone: string, name: string): Promise<string[]> {
  const records = await recordsSeen(boto3, zone, name);
  const primary = records.find(({ Failover }) => Failover === 'PRIMARY');
  const failed = primary?.HealthCheckId && (await checkSeen(boto3, primary.HealthCheckId))?.Inverted;
  return records
    .filter((one) => (one.Failover ? (one === primary) !== Boolean(failed) : (one.Weight ?? 0) > 0))
    .flatMap(({ ResourceRecords }) => ResourceRecords?.map(({ Value }) => Value ?? '') ?? []);
}

import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { World } from '../world.ts';
import { type KafkaSide, sidesOf } from './cluster.ts';

const NUMBER_OF_BROKERS = 3;

/** MSK as its API answers: the clusters that the topology names. */
export const kafka = {
  ListClustersV2(world: World, region: string, { ClusterNameFilter }: Input<'kafka', 'ListClustersV2'>) {
    const here = sidesOf(world).filter((one) => one.region === region && one.name.startsWith(ClusterNameFilter ?? ''));
    return { ClusterInfoList: here.map((one) => described(world, one)) };
  },

  DescribeClusterV2(world: World, region: string, { ClusterArn }: Input<'kafka', 'DescribeClusterV2'>) {
    return { ClusterInfo: described(world, found(world, region, ClusterArn)) };
  },

  GetBootstrapBrokers(world: World, region: string, { ClusterArn }: Input<'kafka', 'GetBootstrapBrokers'>) {
    const { brokers } = found(world, region, ClusterArn);
    return {
      BootstrapBrokerString: brokers.plaintext,
      BootstrapBrokerStringTls: brokers.tls,
      BootstrapBrokerStringSaslScram: brokers.scram,
      BootstrapBrokerStringSaslIam: brokers.iam,
    };
  },
};

function found(world: World, region: string, arn: string | undefined): KafkaSide {
  const one = sidesOf(world).find((side) => side.region === region && side.arn === arn);
  if (one) return one;
  throw awsError('NotFoundException', "The requested resource doesn't exist.", 404);
}

function described(world: World, { side, name, arn }: KafkaSide) {
  return {
    ClusterArn: arn,
    ClusterName: name,
    ClusterType: 'PROVISIONED' as const,
    CreationTime: new Date(world.startMs - 400 * 86_400_000),
    CurrentVersion: 'K3P5ROKL5A1OLE',
    State: side === 'recovery' ? world.simulation.messaging.state : ('ACTIVE' as const),
    Tags: {},
    Provisioned: {
      BrokerNodeGroupInfo: { InstanceType: 'kafka.m7g.large', ClientSubnets: ['subnet-1', 'subnet-2', 'subnet-3'] },
      NumberOfBrokerNodes: NUMBER_OF_BROKERS,
      CurrentBrokerSoftwareInfo: { KafkaVersion: '3.9.x' },
      ClientAuthentication: {
        Sasl: { Iam: { Enabled: true }, Scram: { Enabled: true } },
        Unauthenticated: { Enabled: true },
      },
    },
  };
}

import { parseArn } from '../arn.ts';
import { partitionOf } from '../partition.ts';
import { componentsOf } from './components.ts';
import type { Path } from './locate.ts';
import { type Complaint, complaint } from './mistakes.ts';
import { regionsOf } from './regions.ts';
import type { Topology } from './topology.ts';

/** What is only used, and touched by no drill, may belong to another account. */
const MAY_BE_OTHERS = ['kmsKey', 'secret'];

/** Regions of two partitions never see each other, and not every service is in each. */
export function partitionsFit(topology: Topology): Complaint[] {
  const { regions, witness } = topology;
  const { name } = partitionOf(regions.primary);
  const others: [Path, string | undefined][] = [
    [['regions', 'recovery'], regions.recovery],
    [['witness', 'region'], witness?.region],
    ...componentsOf(topology, 'rds-replica').map(({ id, nextReplica }): [Path, string | undefined] => [
      ['data', id, 'nextReplica', 'region'],
      nextReplica?.region,
    ]),
    ...componentsOf(topology, 'route53').flatMap(({ id, routingControls }) =>
      Object.keys(routingControls?.endpoints ?? {}).map((region): [Path, string] => [
        ['traffic', id, 'routingControls', 'endpoints', region],
        region,
      ]),
    ),
  ];
  const elsewhere = others.flatMap(([path, region]) => {
    if (region === undefined || partitionOf(region).name === name) return [];
    const message = `${region} is in the partition ${partitionOf(region).name}, and ${regions.primary} in ${name}`;
    return [complaint(path, message, { expected: `a region of ${name}` })];
  });
  if (name === 'aws') return elsewhere;
  const message = `there is no Global Accelerator in the partition ${name}, which ${regions.primary} is in`;
  const dials = componentsOf(topology, 'route53').filter(({ lever }) => lever === 'global-accelerator-dials');
  return [
    ...elsewhere,
    ...dials.map(({ id }) => complaint(['traffic', id, 'lever'], message, { expected: 'another lever' })),
  ];
}

/** ARNs of another account, region or partition than the topology's, wherever they stand in its file. */
export function arnsFit(data: unknown, topology: Topology, path: Path = []): Complaint[] {
  if (typeof data === 'string') return arnFits(data, topology, path);
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    arnsFit(value, topology, [...path, Array.isArray(data) ? Number(key) : key]),
  );
}

function arnFits(text: string, topology: Topology, path: Path): Complaint[] {
  const arn = parseArn(text);
  if (!arn || path[0] === 'description') return [];
  const { partition, account, region } = arn;
  const { name } = partitionOf(topology.regions.primary);
  const complain = (is: string, expected: string) => [complaint(path, `${text} is ${is}`, { expected })];
  if (partition !== name) return complain(`of the partition ${partition}`, `an ARN that begins as those of ${name}`);
  const isOthers = MAY_BE_OTHERS.includes(String(path.at(-1)));
  if (account !== '' && account !== topology.account && !isOthers)
    return complain(
      `of account ${account}`,
      `something of account ${topology.account}, the only one that a drill touches`,
    );
  const wanted = regionsAt(path, topology);
  return region === '' || wanted.includes(region) ? [] : complain(`of ${region}`, `one of ${wanted.join(', ')}`);
}

/** The regions that something at this path may be in. */
function regionsAt(path: Path, topology: Topology): string[] {
  const { regions } = topology;
  if (path.at(-1) === 'secret') return regionsOf(topology);
  if (path.includes('nextReplica')) {
    const store = componentsOf(topology, 'rds-replica').find(({ id }) => id === path[1]);
    return store?.nextReplica ? [store.nextReplica.region] : [];
  }
  if (path.some((key) => key === 'writer' || key === 'primary')) return [regions.primary];
  if (path.some((key) => key === 'replica' || key === 'recovery')) return [regions.recovery];
  return regionsOf(topology);
}

import { existsSync } from 'node:fs';
import type { Eks } from '../components/eks/schema.ts';
import type { ElasticacheGlobal } from '../components/elasticache-global/schema.ts';
import type { Component } from '../components/schemas.ts';
import { partitionsFit } from './arns-fit.ts';
import { allComponents, type ComponentOf, componentsOf, GROUPS, type Named } from './components.ts';
import { leverFits } from './lever-fits.ts';
import type { Path } from './locate.ts';
import { type Complaint, complaint } from './mistakes.ts';
import type { Topology } from './topology.ts';

/** What a schema of a topology cannot say: values that do not fit each other. */
export function checkTopology(topology: Topology): Complaint[] {
  const { regions } = topology;
  return [
    ...differ(['regions', 'recovery'], regions.recovery, regions.primary, 'a region other than the primary'),
    ...isAnything(topology),
    ...namesDiffer(topology),
    ...allComponents(topology).flatMap((one) => componentFits(one, topology)),
    ...partitionsFit(topology),
    ...bucketsDiffer(topology),
    ...Object.values(regions).flatMap((one) => standsApart(topology, one)),
  ];
}

/** The group of a component, which its path begins with. */
export const pathOf = ({ id }: { id: string }, topology: Topology, ...keys: Path): Path => [
  GROUPS.find((group) => id in topology[group]) ?? 'data',
  id,
  ...keys,
];

function componentFits(one: Named<Component>, topology: Topology): Complaint[] {
  const at = (...keys: Path) => pathOf(one, topology, ...keys);
  switch (one.kind) {
    case 'rds-replica':
      return [
        ...differ(at('replica', 'identifier'), one.replica.identifier, one.writer.identifier),
        ...authorityFound(one.login, at('login', 'ca')),
        ...afterFits(one, topology),
      ];
    case 'aurora-global':
      return [
        ...differ(at('recovery', 'cluster'), one.recovery.cluster, one.primary.cluster),
        ...authorityFound(one.login, at('login', 'ca')),
        ...afterFits(one, topology),
      ];
    case 'elasticache-global':
      return [
        ...(!one.recovery === !one.globalDatastore ? [] : [datastoreHalf(one, at())]),
        ...afterFits(one, topology),
      ];
    case 'kafka':
      return [...messagingFits(one, topology), ...afterFits(one, topology)];
    case 'configuration-archive':
      return [...isCompute(one.of, at('of'), topology), ...afterFits(one, topology)];
    case 's3-replication':
    case 'secrets':
      return afterFits(one, topology);
    case 'eks':
      return [...usesFit(one, topology), ...nodesOf(one, at())];
    case 'route53':
      return leverFits(one, at());
  }
}

/** A topology of nothing has nothing to drill. */
const isAnything = (topology: Topology): Complaint[] =>
  allComponents(topology).length > 0
    ? []
    : [
        complaint(['topology'], 'the topology has no component', {
          expected: 'something under data, compute or traffic',
        }),
      ];

/** Drills know components by their names alone. */
function namesDiffer(topology: Topology): Complaint[] {
  const all = allComponents(topology);
  return all
    .filter(({ id }, index) => all.findIndex((one) => one.id === id) < index)
    .map(({ id }) => {
      const group = GROUPS.findLast((one) => id in topology[one]) ?? 'traffic';
      return complaint([group, id], `there are two components '${id}'`, OWN);
    });
}

function differ(path: Path, recovery: string, primary: string, expected = 'a name of its own'): Complaint[] {
  if (recovery !== primary) return [];
  return [complaint(path, `${path.join('.')} is the same as the primary's`, { expected })];
}

/** The certificate authorities are read when somebody logs in, which may be in the middle of a drill. */
function authorityFound(login: { ca?: string | undefined } | undefined, path: Path): Complaint[] {
  const { ca } = login ?? {};
  if (ca === undefined || existsSync(ca)) return [];
  const expected = 'a file with certificate authorities, relative to the folder that dr-drill runs in';
  return [complaint(path, `there is no file ${ca}`, { expected })];
}

/** What comes before a data store is another one, and does not wait for it in turn. */
function afterFits({ id, after }: { id: string; after: readonly string[] }, topology: Topology): Complaint[] {
  return after.flatMap((other, index) => {
    const path: Path = ['data', id, 'after', index];
    const expected = `one of ${Object.keys(topology.data)
      .filter((name) => name !== id)
      .join(', ')}`;
    if (!(other in topology.data)) return [complaint(path, `the topology has no data store '${other}'`, { expected })];
    return waitsFor(other, id, topology) ? [complaint(path, `${other} itself waits for ${id}`, { expected })] : [];
  });
}

function waitsFor(one: string, other: string, topology: Topology, seen: readonly string[] = []): boolean {
  if (one === other) return true;
  if (seen.includes(one)) return false;
  return (topology.data[one]?.after ?? []).some((next) => waitsFor(next, other, topology, [...seen, one]));
}

/** A global datastore joins two groups, and a group in the other region follows by nothing else. */
const datastoreHalf = ({ recovery }: ElasticacheGlobal, path: Path): Complaint =>
  complaint(
    path,
    `${path.join('.')} has ${recovery ? "'recovery' but no 'globalDatastore'" : "'globalDatastore' but no 'recovery'"}`,
    { expected: 'both, or neither' },
  );

function isCompute(of: string | undefined, path: Path, topology: Topology): Complaint[] {
  const names = Object.keys(topology.compute);
  if (of === undefined ? names.length === 1 : names.includes(of)) return [];
  const expected = names.length === 0 ? 'compute in the topology' : `one of ${names.join(', ')}`;
  const message = of === undefined ? 'it is not said which compute is meant' : `the topology has no compute '${of}'`;
  return [complaint(of === undefined ? path.slice(0, -1) : path, message, { expected })];
}

/** Producers serve customers and are scaled with the rest; consumers are scaled by themselves, each with a group of its own. */
function messagingFits(one: ComponentOf<'kafka'>, topology: Topology): Complaint[] {
  const { id, producers, consumers, runsIn } = one;
  const wrong = isCompute(runsIn, ['data', id, 'runsIn'], topology);
  if (wrong.length > 0) return wrong;
  const compute = componentsOf(topology, 'eks').find((each) => runsIn === undefined || each.id === runsIn);
  const serving = (compute?.deployments ?? []).map(({ name }) => name);
  const unknown = producers.deployments.flatMap((name, index) => {
    const expected = `one of ${serving.join(', ')}`;
    const path: Path = ['data', id, 'producers', 'deployments', index];
    return serving.includes(name)
      ? []
      : [complaint(path, `'${name}' is no deployment of ${compute?.id}`, { expected })];
  });
  const taken = consumers.flatMap(({ deployment, group }, index) => {
    const at = (key: string): Path => ['data', id, 'consumers', index, key];
    const before = consumers.slice(0, index);
    const isTaken = serving.includes(deployment) || before.some((each) => each.deployment === deployment);
    return [
      ...(isTaken ? [complaint(at('deployment'), `there are two deployments '${deployment}'`, OWN)] : []),
      ...(before.some((each) => each.group === group)
        ? [complaint(at('group'), `there are two groups '${group}'`, OWN)]
        : []),
    ];
  });
  return [...unknown, ...taken];
}

const OWN = { expected: 'a name of its own' };

/** What writes somewhere writes to a data store of the topology. */
const usesFit = ({ id, uses }: ComponentOf<'eks'>, topology: Topology): Complaint[] =>
  Object.keys(uses).flatMap((store) => {
    if (store in topology.data) return [];
    const expected = `one of ${Object.keys(topology.data).join(', ') || 'data, in the topology'}`;
    return [complaint(['compute', id, 'uses', store], `the topology has no data store '${store}'`, { expected })];
  });

/** A node group has its sizes, and they are in order. */
function nodesOf({ primary, recovery }: Eks, path: Path): Complaint[] {
  const sized: [Path, string | undefined, Eks['primary']['nodes']][] = [
    [['primary', 'nodes'], primary.nodegroup, primary.nodes],
    [['recovery', 'nodes'], recovery.nodegroup, recovery.nodes],
    [['recovery', 'failoverNodes'], recovery.nodegroup, recovery.failoverNodes],
  ];
  return sized.flatMap(([keys, nodegroup, nodes]) => {
    const at = [...path, ...keys];
    if (nodes) return nodesFit(at, nodes);
    if (nodegroup === undefined) return [];
    const message = `${at.slice(0, -1).join('.')} has a node group and lacks the key '${String(keys[1])}'`;
    return [complaint(at.slice(0, -1), message, { expected: '{ min, desired, max }' })];
  });
}

/** A witness in one of the two regions would always be on the side of that one. */
const standsApart = ({ witness }: Topology, region: string): Complaint[] =>
  witness?.region === region
    ? [
        complaint(['witness', 'region'], `the witness is in ${region}, one of the two regions that it judges`, {
          expected: 'a third region',
        }),
      ]
    : [];

/** Names of buckets are the whole world's. */
function bucketsDiffer(topology: Topology): Complaint[] {
  const named: { at: Path; name: string }[] = [
    ...componentsOf(topology, 's3-replication').flatMap(({ id, bucket, replica }) => [
      { at: ['data', id, 'bucket'], name: bucket },
      { at: ['data', id, 'replica'], name: replica },
    ]),
    ...(topology.evidence ? [{ at: ['evidence', 'bucket'], name: topology.evidence.bucket }] : []),
  ];
  return named
    .filter(({ name }, index) => named.findIndex((one) => one.name === name) < index)
    .map(({ at, name }) => complaint(at, `there are two buckets '${name}'`, OWN));
}

function nodesFit(path: Path, { min, desired, max }: { min: number; desired: number; max: number }): Complaint[] {
  if (min <= desired && desired <= max) return [];
  const message = `${path.join('.')}: ${min}, ${desired}, ${max} are not in order`;
  return [complaint(path, message, { expected: 'min ≤ desired ≤ max' })];
}

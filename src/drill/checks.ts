import { existsSync } from 'node:fs';
import { partitionsFit } from './arns-fit.ts';
import { failureCommandsOf } from './breakage.ts';
import { commandMistake } from './command-file.ts';
import type { Drill } from './drill.ts';
import { leverFits } from './lever-fits.ts';
import type { Path } from './locate.ts';
import { type Complaint, complaint } from './mistakes.ts';
import { nearest } from './near.ts';
import type { Topology } from './topology.ts';

/** What a schema cannot say: values that do not fit each other. */
export function checkTopology(topology: Topology): Complaint[] {
  const { regions, database, kubernetes, cache, traffic, objects } = topology;
  return [
    ...differ(['regions', 'recovery'], regions.recovery, regions.primary, 'a region other than the primary'),
    ...differ(['database', 'replica', 'identifier'], database.replica.identifier, database.writer.identifier),
    ...leverFits(traffic),
    ...partitionsFit(topology),
    ...authoritiesFound(topology),
    ...(cache && !cache.recovery !== !cache.globalDatastore ? [datastoreHalf(cache)] : []),
    ...messagingFits(topology),
    ...bucketsDiffer(objects?.buckets ?? []),
    ...Object.values(regions).flatMap((one) => standsApart(topology, one)),
    ...nodesFit(['kubernetes', 'primary', 'nodes'], kubernetes.primary.nodes),
    ...nodesFit(['kubernetes', 'recovery', 'nodes'], kubernetes.recovery.nodes),
    ...nodesFit(['kubernetes', 'recovery', 'failoverNodes'], kubernetes.recovery.failoverNodes),
  ];
}

/** The certificate authorities are read when somebody logs in, which may be in the middle of a drill. */
function authoritiesFound({ database }: Topology): Complaint[] {
  const { ca } = database.login ?? {};
  if (ca === undefined || existsSync(ca)) return [];
  const expected = 'a file with certificate authorities, relative to the folder that dr-drill runs in';
  return [complaint(['database', 'login', 'ca'], `there is no file ${ca}`, { expected })];
}

/** Names of steps that a drill's machine has not. */
export const checkNames = (drill: Drill, stepNames: readonly string[]): Complaint[] => [
  ...deadlinesFit(drill, stepNames),
  ...consentFits(drill, stepNames),
];

/** The same for a drill by itself. */
export function checkDrill(drill: Drill): Complaint[] {
  const longerThanZero: [Path, number][] = [
    ...(drill.targets.rto === null ? [] : [[['targets', 'rto'], drill.targets.rto] as [Path, number]]),
    [['objective', 'rto'], drill.objective.rto],
    [['dataChecks', 'timeout'], drill.dataChecks.timeout],
    ...(drill.heartbeat ? [[['heartbeat', 'every'], drill.heartbeat.every] as [Path, number]] : []),
    ...Object.entries(drill.deadlines).map(([step, limit]): [Path, number] => [['deadlines', step], limit]),
  ];
  const shares: [Path, number][] = [[['dataChecks', 'rowCountTolerance'], drill.dataChecks.rowCountTolerance]];
  if (drill.machine === 'multi-region-failover') {
    const { probe, detection, decision, verification } = drill;
    longerThanZero.push([['probe', 'every'], probe.every], [['probe', 'timeout'], probe.timeout]);
    longerThanZero.push([['detection', 'every'], detection.every], [['detection', 'timeout'], detection.timeout]);
    shares.push(
      [['decision', 'errorRate'], decision.errorRate],
      [['verification', 'errorRate'], verification.errorRate],
    );
  }
  return [
    ...longerThanZero
      .filter(([, length]) => length <= 0)
      .map(([path]) => complaint(path, `${path.join('.')} cannot be 0`, { expected: 'a duration longer than 0' })),
    ...shares
      .filter(([, share]) => share > 1)
      .map(([path]) => complaint(path, `${path.join('.')} is more than everything`, { expected: 'at most 100 %' })),
    ...detectionFits(drill),
    ...identifierFits(drill),
    ...commandsStart(drill),
  ];
}

/** A command whose file is missing would only be noticed after the baseline. */
const commandsStart = (drill: Drill): Complaint[] => {
  const { credentials: _, ...commands } = failureCommandsOf(drill) ?? {};
  return Object.entries(commands).flatMap(([name, command]) => {
    const mistake = commandMistake(command);
    const expected = 'a command that the shell can start; a path is relative to the folder that dr-drill runs in';
    return mistake === undefined ? [] : [complaint(['failure', 'commands', name], mistake, { expected })];
  });
};

/** And for the two together. */
export function checkTogether(drill: Drill, { database, witness }: Topology): Complaint[] {
  if (drill.machine === 'network-partition' && !witness) {
    const expected = 'witness: { region, bucket, healthChecks }, in the topology';
    return [complaint(['topology'], 'the topology names no witness, and neither side may decide alone', { expected })];
  }
  if (drill.machine === 'multi-region-failover' && drill.protection?.replica && !database.nextReplica) {
    const message = 'the topology has no database.nextReplica, which protection.replica needs';
    return [complaint(['protection'], message, { expected: 'it in the topology, or protection.replica: false' })];
  }
  if (drill.machine !== 'backup-restore') return [];
  const { identifier } = drill.restored;
  const taken = [database.writer.identifier, database.replica.identifier].includes(identifier);
  if (!taken) return [];
  const expected = 'a name of its own for the test instance';
  return [
    complaint(['restored', 'identifier'], `restored.identifier '${identifier}' is an instance of the topology`, {
      expected,
    }),
  ];
}

function detectionFits(drill: Drill): Complaint[] {
  if (drill.machine !== 'multi-region-failover' || drill.detection.timeout <= drill.detection.every) return [];
  const expected = 'at most detection.every, so that a check ends before the next begins';
  return [complaint(['detection', 'timeout'], 'detection.timeout is longer than detection.every', { expected })];
}

function deadlinesFit(drill: Drill, stepNames: readonly string[]): Complaint[] {
  return Object.keys(drill.deadlines)
    .filter((step) => !stepNames.includes(step))
    .map((step) => {
      const suggestion = nearest(step, stepNames);
      const message = `${drill.machine} has no step '${step}'`;
      const expected = `one of ${stepNames.join(', ')}`;
      return { about: 'key', path: ['deadlines', step], message, expected, ...(suggestion && { suggestion }) };
    });
}

function consentFits(drill: Drill, stepNames: readonly string[]): Complaint[] {
  return drill.consent.flatMap((step, index) => {
    if (stepNames.includes(step)) return [];
    const suggestion = nearest(step, stepNames);
    const message = `${drill.machine} has no step '${step}'`;
    const expected = `one of ${stepNames.join(', ')}`;
    return [
      { about: 'value' as const, path: ['consent', index], message, expected, ...(suggestion && { suggestion }) },
    ];
  });
}

function identifierFits(drill: Drill): Complaint[] {
  if (drill.machine !== 'backup-restore') return [];
  const { identifier } = drill.restored;
  if (identifier.length <= 63 && /^[A-Za-z](-?[A-Za-z0-9])*$/.test(identifier)) return [];
  return [
    complaint(['restored', 'identifier'], 'restored.identifier is no name that RDS accepts', {
      expected: '1 to 63 letters, digits and hyphens; a letter first, no hyphen last, no two hyphens in a row',
    }),
  ];
}

function differ(path: Path, recovery: string, primary: string, expected = 'a name of its own'): Complaint[] {
  if (recovery !== primary) return [];
  const wanted = path.at(-1) === 'address' ? 'an address of its own' : expected;
  return [complaint(path, `${path.join('.')} is the same as the primary's`, { expected: wanted })];
}

/** A global datastore joins two groups, and a group in the other region follows by nothing else. */
const datastoreHalf = ({ recovery }: NonNullable<Topology['cache']>): Complaint =>
  complaint(
    ['cache'],
    `cache has ${recovery ? "'recovery' but no 'globalDatastore'" : "'globalDatastore' but no 'recovery'"}`,
    {
      expected: 'both, or neither',
    },
  );

/** Producers serve customers and are scaled with the rest; consumers are scaled by themselves, each with a group of its own. */
function messagingFits({ kubernetes, messaging }: Topology): Complaint[] {
  if (!messaging) return [];
  const { producers, consumers } = messaging;
  const serving = kubernetes.deployments.map(({ name }) => name);
  const unknown = producers.deployments.flatMap((name, index) => {
    const expected = `one of ${serving.join(', ')}`;
    const path: Path = ['messaging', 'producers', 'deployments', index];
    return serving.includes(name) ? [] : [complaint(path, `'${name}' is none of kubernetes.deployments`, { expected })];
  });
  const taken = consumers.flatMap(({ deployment, group }, index) => {
    const at = (key: string): Path => ['messaging', 'consumers', index, key];
    const before = consumers.slice(0, index);
    const isTaken = serving.includes(deployment) || before.some((one) => one.deployment === deployment);
    return [
      ...(isTaken ? [complaint(at('deployment'), `there are two deployments '${deployment}'`, OWN)] : []),
      ...(before.some((one) => one.group === group)
        ? [complaint(at('group'), `there are two groups '${group}'`, OWN)]
        : []),
    ];
  });
  return [...unknown, ...taken];
}

const OWN = { expected: 'a name of its own' };

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
function bucketsDiffer(buckets: { name: string; replica?: string | undefined }[]): Complaint[] {
  const named = buckets.flatMap(({ name, replica }, index): { at: Path; name: string }[] => [
    { at: ['objects', 'buckets', index, 'name'], name },
    ...(replica === undefined ? [] : [{ at: ['objects', 'buckets', index, 'replica'], name: replica }]),
  ]);
  return named
    .filter(({ name }, index) => named.findIndex((one) => one.name === name) < index)
    .map(({ at, name }) => complaint(at, `there are two buckets '${name}'`, { expected: 'a name of its own' }));
}

function nodesFit(path: Path, { min, desired, max }: { min: number; desired: number; max: number }): Complaint[] {
  if (min <= desired && desired <= max) return [];
  const message = `${path.join('.')}: ${min}, ${desired}, ${max} are not in order`;
  return [complaint(path, message, { expected: 'min ≤ desired ≤ max' })];
}

import { failureCommandsOf } from './breakage.ts';
import { commandMistake } from './command-file.ts';
import { allComponents } from './components.ts';
import { controlsFit } from './control-clauses.ts';
import type { Drill } from './drill.ts';
import { stepNow } from './former-form.ts';
import type { Path } from './locate.ts';
import { type Complaint, complaint } from './mistakes.ts';
import { nearest } from './near.ts';
import { restoredFits } from './restored.ts';
import type { Topology } from './topology.ts';

/** Names of steps that a drill's machine has not. */
export const checkNames = (drill: Drill, stepNames: readonly string[]): Complaint[] => [
  ...deadlinesFit(drill, stepNames),
  ...consentFits(drill, stepNames),
];

/** The same for a drill by itself. */
export function checkDrill(drill: Drill): Complaint[] {
  const longerThanZero: [Path, number][] = [
    ...(drill.targets.rto === null ? [] : [[['targets', 'rto'], drill.targets.rto] as [Path, number]]),
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
    ...controlsFit(drill.controls),
    ...detectionFits(drill),
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
export function checkTogether(drill: Drill, topology: Topology): Complaint[] {
  if (drill.machine === 'network-partition' && !topology.witness) {
    const expected = 'witness: { region, bucket, healthChecks } in the topology: neither side may decide alone';
    return [
      complaint(['topology'], `the topology ${topology.topology} has no witness, which this drill needs`, { expected }),
    ];
  }
  if (
    drill.machine === 'multi-region-failover' &&
    drill.protection?.replica &&
    !allComponents(topology).some((one) => 'nextReplica' in one && one.nextReplica)
  ) {
    const message = "no data store of the topology has the key 'nextReplica', which protection.replica needs";
    return [complaint(['protection'], message, { expected: 'it in the topology, or protection.replica: false' })];
  }
  return drill.machine === 'backup-restore' ? restoredFits(drill, topology) : [];
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
      const suggestion = stepNow(step, stepNames) ?? nearest(step, stepNames);
      const message = `${drill.machine} has no step '${step}'`;
      const expected = `one of ${stepNames.join(', ')}`;
      return { about: 'key', path: ['deadlines', step], message, expected, ...(suggestion && { suggestion }) };
    });
}

function consentFits(drill: Drill, stepNames: readonly string[]): Complaint[] {
  return drill.consent.flatMap((step, index) => {
    if (stepNames.includes(step)) return [];
    const suggestion = stepNow(step, stepNames) ?? nearest(step, stepNames);
    const message = `${drill.machine} has no step '${step}'`;
    const expected = `one of ${stepNames.join(', ')}`;
    return [
      { about: 'value' as const, path: ['consent', index], message, expected, ...(suggestion && { suggestion }) },
    ];
  });
}

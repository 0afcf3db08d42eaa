import { globalArn, regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import type { FisStatus } from '../aws/services/fis-shapes.ts';
import { componentsBehind } from '../drill/components.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Failure } from '../ports/failure.ts';
import { breakAt, callOff, fixAt } from './breakage.ts';
import { hash32 } from './distributions.ts';
import { awsError } from './faults.ts';
import { instancesIn } from './rds/at-home.ts';
import { failOverZone } from './rds/zone-failover.ts';
import type { Experiment } from './state.ts';
import { at, plan } from './timeline.ts';
import { nextDraw, type World } from './world.ts';

/** FIS as its API answers: experiments of the templates that the drill's simulation names, which do what it says of them. */
export const fis = {
  StartExperiment(world: World, region: string, input: Input<'fis', 'StartExperiment'>) {
    const { experimentTemplateId: template, clientToken: token = '' } = input;
    const known = world.experiments.find((one) => one.region === region && token !== '' && one.token === token);
    if (known && known.template !== template)
      throw awsError('ConflictException', 'The client token was used with another template.', 409);
    if (known) return { experiment: told(world, known) };
    const described = world.simulation.experiments.find((one) => one.template === template);
    if (!described) throw missing(`Experiment template ${template} does not exist.`);
    if (world.experiments.filter((one) => one.region === region && isUnderway(world, one)).length >= ACTIVE_MAX)
      throw awsError('ServiceQuotaExceededException', `More than ${ACTIVE_MAX} active experiments.`, 402);
    const experiment = planned(world, region, described, token);
    world.experiments.push(experiment);
    return { experiment: told(world, experiment) };
  },

  GetExperiment(world: World, region: string, { id }: Input<'fis', 'GetExperiment'>) {
    return { experiment: told(world, experimentIn(world, region, id)) };
  },

  GetExperimentTemplate(world: World, region: string, { id }: Input<'fis', 'GetExperimentTemplate'>) {
    const described = world.simulation.experiments.find(({ template }) => template === id);
    if (!described) throw missing(`Experiment template ${id} does not exist.`);
    const { account } = world.topology;
    return {
      experimentTemplate: {
        id,
        arn: regionalArn({ service: 'fis', region, account, resource: `experiment-template/${id}` }),
        description: described.does,
        roleArn: roleArn(world, region),
        stopConditions: stopConditions(world, region, described.stoppedByAlarm ? [described.stoppedByAlarm.name] : []),
      },
    };
  },

  ListExperiments(world: World, region: string, { experimentTemplateId: of }: Input<'fis', 'ListExperiments'>) {
    const there = world.experiments.filter(
      ({ region: home, template }) => home === region && [template, undefined].includes(of),
    );
    return { experiments: there.map((one) => summaryOf(world, one)) };
  },

  StopExperiment(world: World, region: string, { id }: Input<'fis', 'StopExperiment'>) {
    const experiment = experimentIn(world, region, id);
    if (!isUnderway(world, experiment)) throw awsError('ValidationException', `Experiment ${id} is not running.`);
    const nowMs = world.clock.nowMs();
    stop(world, experiment, nowMs, 'Experiment stopped by user.');
    return { experiment: told(world, experiment) };
  },
};

/** AWS's quota of experiments that run at the same time in a region. */
const ACTIVE_MAX = 5;

type Described = Simulation['experiments'][number];

/** All that an experiment will do, unless someone stops it. */
function planned(world: World, region: string, described: Described, token: string): Experiment {
  const nowMs = world.clock.nowMs();
  const { template, does, services, startsAfter, lasts, fails, stoppedByAlarm } = described;
  const startMs =
    nowMs + Math.round(startsAfter ?? world.durations.experimentStart(nextDraw(world, `experiment/${template}`)));
  const experiment: Experiment = {
    id: experimentId(`${region}/${template}/${world.experiments.length}`),
    region,
    template,
    token,
    does,
    services: services ?? null,
    createdMs: nowMs,
    startMs,
    status: [
      [nowMs, 'pending'],
      [nowMs + Math.round((startMs - nowMs) / 2), 'initiating'],
      [startMs, fails === undefined ? 'running' : 'failed'],
    ],
    reasons: { ...(fails !== undefined && { failed: fails }) },
    alarms: stoppedByAlarm ? [stoppedByAlarm.name] : [],
  };
  if (fails !== undefined) return experiment;
  const endMs = startMs + lasts;
  experiment.status.push([endMs, 'completed']);
  begin(world, experiment, startMs);
  if (stoppedByAlarm && stoppedByAlarm.after < lasts)
    stop(world, experiment, startMs + stoppedByAlarm.after, 'Experiment halted by stop condition.');
  else end(world, experiment, endMs);
  return experiment;
}

/** `EXP` with letters and digits behind. */
const experimentId = (key: string): string =>
  `EXP${[1, 2].map((part) => hash32(`${key}.${part}`).toString(36).toUpperCase().padStart(7, '0')).join('')}`;

function begin(world: World, experiment: Experiment, ms: number): void {
  const failure = failureBy(world, experiment);
  if (failure) breakAt(world, failure, ms);
  for (const instance of instancesIn(world, experiment.region)) {
    if (experiment.does === 'zone-failure') failOverZone(world, instance, ms);
    else if (experiment.does === 'writer-loss') plan(instance.cutOff, ms, [[ms, true]]);
  }
}

/** A failover to another zone is over by itself. */
function end(world: World, experiment: Experiment, ms: number): void {
  const failure = failureBy(world, experiment);
  if (failure) fixAt(world, failure, ms);
  if (experiment.does !== 'writer-loss') return;
  for (const { cutOff } of instancesIn(world, experiment.region)) plan(cutOff, ms, [[ms, false]]);
}

/** What was to begin yet never does; a failover to another zone has been asked for, and comes all the same. */
function neverBegin(world: World, experiment: Experiment): void {
  const failure = failureBy(world, experiment);
  if (failure) callOff(world, failure);
  if (experiment.does !== 'writer-loss') return;
  for (const { cutOff } of instancesIn(world, experiment.region)) plan(cutOff, world.clock.nowMs(), []);
}

function stop(world: World, experiment: Experiment, ms: number, reason: string): void {
  const stoppedMs = ms + Math.round(world.durations.experimentStop(nextDraw(world, `stop/${experiment.template}`)));
  plan(experiment.status, ms, [
    [ms, 'stopping'],
    [stoppedMs, 'stopped'],
  ]);
  experiment.reasons.stopped = reason;
  if (ms < experiment.startMs) neverBegin(world, experiment);
  else end(world, experiment, stoppedMs);
}

/** What an experiment breaks, where that is one of the world's own failures; no action of FIS has an instance fail, but cut off. */
function failureBy(world: World, { does, region, services }: Experiment): Failure | undefined {
  if (does === 'region-outage') return { kind: does, region };
  if (does !== 'degradation') return undefined;
  const checks = componentsBehind('dns', world.topology).flatMap(({ service }) => service.checks);
  const critical = checks.filter((one) => one.critical).map(({ name }) => name);
  return { kind: does, region, services: services ?? [...new Set(critical)] };
}

const isUnderway = ({ clock }: World, { status }: Experiment): boolean =>
  ['pending', 'initiating', 'running'].includes(at(status, clock.nowMs()));

/** An experiment takes away what runs in a region, but not FIS itself, which has to end it. */
export const isHeldBy = (world: World, region: string): boolean =>
  world.experiments.some(
    (one) =>
      one.region === region &&
      one.does === 'region-outage' &&
      ['running', 'stopping'].includes(at(one.status, world.clock.nowMs())),
  );

/** The actions that would do it. */
const actionIds: Record<Experiment['does'], string> = {
  nothing: 'aws:fis:wait',
  'writer-loss': 'aws:network:disrupt-connectivity',
  'region-outage': 'aws:network:disrupt-connectivity',
  'zone-failure': 'aws:rds:reboot-db-instances',
  degradation: 'aws:eks:pod-network-packet-loss',
};

const words: Partial<Record<FisStatus, string>> = {
  pending: 'Experiment is pending.',
  initiating: 'Experiment is initiating.',
  running: 'Experiment is running.',
  completed: 'Experiment completed.',
  stopping: 'Stopping Experiment.',
};

function summaryOf(world: World, { id, region, template, createdMs, status, reasons }: Experiment) {
  const now = at(status, world.clock.nowMs());
  const reason = reasons[now] ?? words[now];
  return {
    id,
    arn: regionalArn({ service: 'fis', region, account: world.topology.account, resource: `experiment/${id}` }),
    experimentTemplateId: template,
    state: { status: now, ...(reason !== undefined && { reason }) },
    creationTime: new Date(createdMs),
  };
}

function told(world: World, experiment: Experiment) {
  const { region, does, startMs, status, alarms } = experiment;
  const nowMs = world.clock.nowMs();
  const now = at(status, nowMs);
  const ran = status.some(([ms, one]) => one === 'running' && ms <= nowMs);
  const isOver = ['completed', 'stopped', 'failed'].includes(now);
  const times = {
    ...(ran && { startTime: new Date(startMs) }),
    ...(isOver && { endTime: new Date((status.at(-1) as [number, FisStatus])[0]) }),
  };
  return {
    ...summaryOf(world, experiment),
    roleArn: roleArn(world, region),
    actions: { [does]: { actionId: actionIds[does], state: { status: now }, ...times } },
    stopConditions: stopConditions(world, region, alarms),
    ...times,
  };
}

const roleArn = ({ topology: { account } }: World, region: string): string =>
  globalArn({ service: 'iam', region, account, resource: 'role/fis-experiments' });

const stopConditions = ({ topology: { account } }: World, region: string, alarms: readonly string[]) =>
  alarms.length === 0
    ? [{ source: 'none' }]
    : alarms.map((alarm) => ({
        source: 'aws:cloudwatch:alarm',
        value: regionalArn({ service: 'cloudwatch', region, account, resource: `alarm:${alarm}` }),
      }));

function experimentIn({ experiments }: World, region: string, id: string): Experiment {
  const found = experiments.find((one) => one.region === region && one.id === id);
  if (found) return found;
  throw missing(`Experiment ${id} does not exist.`);
}

const missing = (message: string) => awsError('ResourceNotFoundException', message, 404);

import { expect, test } from 'vitest';
import { inLines, lookedAt } from '../account/prepared.ts';
import { changesMade, FAILOVER, type Finished, finished, shipped } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const PLATFORM = 'ecs-two-apps';
const ON = `topology=test/platforms/${PLATFORM}.yaml`;
const RECOVERY = 'eu-west-1';

/** Every task runs in both regions at all times. */
const ALL_WARM = [
  'topology.compute.quotes.services.0.standby=4',
  'topology.compute.quotes.services.1.standby=2',
  'topology.compute.claim-desk.services.0.standby=6',
];
const target = (bounds: string) => `simulation.scalableTargets=[{ service: claims-web, in: recovery, ${bounds} }]`;

waysToFail(
  FAILOVER,
  [
    {
      fault: 'the recovery region has no capacity for more tasks',
      set: ['simulation.tasks.capacity=5'],
      end: 'failed',
      reason: /^scale\/[a-z-]+: .* ECS finds no place for more: .*unable to place a task.*Capacity is unavailable/,
    },
    {
      fault: 'the circuit breaker ends the deployment with the new address',
      set: [...ALL_WARM, 'simulation.tasks.failing=true'],
      end: 'failed',
      reason: /^point\/[a-z-]+: the deployment of .* failed: .*tasks failed to start.*; ECS says: .*deployment failed/,
    },
    {
      fault: 'new tasks fail their health check, and there is no circuit breaker',
      set: [...ALL_WARM, 'simulation.tasks.failing=true', 'simulation.tasks.circuitBreaker=false'],
      end: 'failed',
      reason: /^point\/[a-z-]+: not done within 10 min/,
    },
    {
      fault: 'images come from a registry in the region that is lost',
      set: ['simulation.tasks.image=primary'],
      end: 'failed',
      reason: /^scale\/[a-z-]+: not done within 10 min/,
    },
    {
      fault: 'tasks are given the address of the database from a secret',
      set: ['simulation.tasks.variable=secret'],
      end: 'rolled-back',
      reason: /^preflight: claims-web-dublin is given CLAIMS_DB_HOST from a secret/,
    },
    {
      fault: 'the task definition has no such variable',
      set: ['simulation.tasks.variable=absent'],
      end: 'rolled-back',
      reason: /^preflight: no container of claims-web-dublin has the environment variable CLAIMS_DB_HOST/,
    },
    {
      fault: 'Application Auto Scaling allows too few tasks',
      set: [target('min: 1, max: 4')],
      end: 'rolled-back',
      reason:
        /^preflight: Application Auto Scaling allows 4 tasks of claims-web-dublin in claims-dublin, and the drill wants 6/,
    },
    {
      fault: 'something else puts the minimum of Application Auto Scaling back',
      set: [target('min: 1, max: 12, putBack: true')],
      end: 'failed',
      reason: /^scale\/claim-desk: not done within 10 min/,
    },
    {
      fault: 'ECS is throttled',
      set: ['simulation.throttling=[{ service: ecs, calls: 12 }, { service: applicationautoscaling, calls: 4 }]'],
      end: 'passed',
      reason: /every target was met/,
    },
    {
      fault: 'answers of ECS are lost',
      set: [
        target('min: 1, max: 12'),
        'simulation.lostAnswers=[{ service: ecs, operation: UpdateService, calls: 3 }, { service: ecs, operation: RegisterTaskDefinition }, { service: applicationautoscaling, operation: RegisterScalableTarget }]',
      ],
      end: 'passed',
      reason: /every target was met/,
    },
  ],
  PLATFORM,
);

const serviceOf = ({ world }: Pick<Finished, 'world'>, name: string) =>
  world.state().services.find((one) => one.region === RECOVERY && one.name === name) ?? expect.fail(`no ${name}`);
const targetsOf = ({ world }: Pick<Finished, 'world'>) =>
  world.state().scalableTargets.map(({ service, min, max }) => [service, min, max]);

test('services are scaled, given the address of the new writer or replaced, and all of their tasks run', async () => {
  const run = await finished(FAILOVER, [ON]);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  const names = ['quote-api', 'quote-worker', 'claims-web-dublin'];
  expect(names.map((name) => serviceOf(run, name).desired)).toEqual([4, 2, 6]);
  // One deployment for the address, and one that only replaces tasks.
  const pointed = names.map((name) => serviceOf(run, name).deployments.map(({ taskDefinition }) => taskDefinition));
  expect(pointed).toEqual([
    ['quote-api:1', 'quote-api:1'],
    ['quote-worker:1', 'quote-worker:1'],
    ['claims-web-dublin:1', 'claims-web-dublin:2'],
  ]);
  const [first, second] = run.world
    .state()
    .taskDefinitions.filter(({ region, family }) => region === RECOVERY && family === 'claims-web-dublin');
  expect(second).toEqual({
    ...first,
    revision: 2,
    registeredMs: second?.registeredMs,
    environment: { ...first?.environment, CLAIMS_DB_HOST: expect.stringContaining('claims-dublin') },
  });
  expect(run.of('check').filter(({ check }) => check === 'capacity')).toMatchObject([{ ok: true }, { ok: true }]);
});

test('a revision whose answer was lost is found again, and no second one is registered', async () => {
  const run = await finished(FAILOVER, [
    ON,
    'simulation.lostAnswers=[{ service: ecs, operation: RegisterTaskDefinition }]',
  ]);
  expect(run.outcome).toBe('passed');
  const families = run.world.state().taskDefinitions.filter(({ revision }) => revision > 1);
  expect(families.map(({ family, revision }) => `${family}:${revision}`)).toEqual(['claims-web-dublin:2']);
});

test('what fails tells what ECS says meanwhile', async () => {
  const run = await finished(FAILOVER, [ON, ...ALL_WARM, 'simulation.tasks.failing=true']);
  const told = run.of('not-ready').filter(({ step }) => step.startsWith('point/'));
  expect(told.flatMap(({ reasons }) => reasons)).toContainEqual(
    expect.stringMatching(/^\(service [a-z-]+\) \(task [0-9a-f]+\) failed container health checks\.$/),
  );
});

test('an undo brings back sizes and the minimum of Application Auto Scaling', async () => {
  const run = await finished('planned-switchover', [ON, target('min: 1, max: 12'), 'simulation.tasks.capacity=7']);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(/^scale\//)]);
  const sizes = ['quote-api', 'quote-worker', 'claims-web-dublin'].map((name) => serviceOf(run, name).desired);
  expect(sizes).toEqual([0, 0, 2]);
  expect(targetsOf(run)).toEqual([['claims-web-dublin', 1, 12]]);
  expect(changesMade(run, 'RegisterScalableTarget')).toBe(2);
  const undo = run.of('undo-started').find(({ step }) => step === 'scale/claim-desk');
  expect(undo?.command).toContain(
    '--resource-id service/claims-dublin/claims-web-dublin --min-capacity 1 && aws ecs update-service',
  );
  expect(run.standing).toEqual(run.before);
});

test('services that do not take the address of a restored copy get their former task definition back', async () => {
  const run = await finished('snapshot-restore', [
    ON,
    'afterwards=switch-over',
    'topology.compute.quotes.uses={ policies: { variable: POLICIES_HOST } }',
    'simulation.tasks={ failing: true, circuitBreaker: false }',
  ]);
  expect([run.outcome, run.reason]).toEqual(['failed', 'point-applications/quotes: not done within 10 min']);
  expect(run.of('held')[0]?.reason).toContain('what customers wrote');
  const home = run.world
    .state()
    .services.filter(({ region, cluster }) => region !== RECOVERY && cluster === 'insurance');
  expect(home.map(({ deployments }) => deployments.map(({ taskDefinition }) => taskDefinition))).toEqual([
    ['quote-api:1', 'quote-api:2', 'quote-api:1'],
    ['quote-worker:1', 'quote-worker:2', 'quote-worker:1'],
  ]);
});

test('the minimum is raised before a region serves, and is that of the topology once it stands by again', async () => {
  const serving = await finished(FAILOVER, [ON, target('min: 2, max: 12')]);
  expect(serving.outcome).toBe('passed');
  expect(targetsOf(serving)).toEqual([['claims-web-dublin', 6, 12]]);
  expect(serving.of('finding').map(({ severity, what }) => `${severity}: ${what}`)).toContain(
    'note: the drill raises the minimum of claims-web-dublin in claims-dublin from 2 to 6',
  );
  const back = await finished('failback', [
    ON,
    'topology.compute.claim-desk.services.0.minimum=1',
    target('min: 6, max: 12'),
  ]);
  expect(back.outcome).toBe('passed');
  expect(targetsOf(back)).toEqual([['claims-web-dublin', 1, 12]]);
  expect(serviceOf(back, 'claims-web-dublin').desired).toBe(2);
});

test('the preflight says what services lack before a drill needs them', async () => {
  const findings = async (change: Parameters<typeof lookedAt>[0]) =>
    inLines(await lookedAt({ overrides: [ON], ...change }));
  const quotas = await findings({
    change: (state) => {
      state.quotas['L-3032A538'] = 6;
    },
  });
  expect(quotas).toContain('blocker: quote-api, quote-worker need 6 more vCPUs in eu-west-1, 8 in all; 6 are allowed');
  const otherCapacity = await lookedAt({
    overrides: [ON, 'topology.compute.quotes.services.0.runsOn=spot-providers'],
  });
  expect(inLines(otherCapacity)).toContain('warning: quote-api in insurance runs on FARGATE, not on spot-providers');
  const images = await lookedAt({ overrides: [ON, 'simulation.tasks.image=primary'] });
  expect(inLines(images)).toContain(
    'warning: quote-api pulls 777788889999.dkr.ecr.eu-central-1.amazonaws.com/quote-api:1 from eu-central-1',
  );
  const clusters = await findings({
    change: (state) => {
      state.services = state.services.filter(({ cluster }) => cluster !== 'claims-dublin');
    },
  });
  expect(clusters).toContain('blocker: there is no cluster claims-dublin in eu-west-1');
  const daemons = await findings({
    answers: {
      DescribeServices: (answer: { services?: { schedulingStrategy?: string }[] }) => {
        for (const service of answer.services ?? []) service.schedulingStrategy = 'DAEMON';
      },
    },
  });
  expect(daemons).toContainEqual(expect.stringMatching(/^blocker: quote-api is a DAEMON service/));
});

test('a topology says in one way how tasks find a writer, and names each service once', () => {
  const set =
    (...overrides: string[]) =>
    () =>
      shipped(FAILOVER, [ON, ...overrides]);
  expect(set('topology.compute.quotes.uses={ policies: {} }')).toThrow(/it is not said how tasks find the writer/);
  expect(set('topology.compute.quotes.uses={ policies: { variable: HOST, restart: true } }')).toThrow(
    /tasks find the writer in two ways/,
  );
  expect(set('topology.compute.quotes.uses={ ledgers: { restart: true } }')).toThrow(/no data store 'ledgers'/);
  expect(set('topology.compute.quotes.services.1.name=quote-api')).toThrow(/there are two services 'quote-api'/);
});

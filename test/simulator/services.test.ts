import { expect, test } from 'vitest';
import type { Input } from '../../src/aws/aws.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import type { State } from '../../src/simulator/state.ts';

const REGION = 'eu-west-1';
const PLACE = { cluster: 'claims-dublin', service: 'claims-web-dublin' };
const SECOND = 1_000;

/** The services of a platform, asked as AWS is. */
function account(simulation: object = {}, change?: (state: State) => void) {
  const clock = new VirtualClock(Date.parse('2026-11-23T09:00:00Z'));
  const topology = loadTopology('test/platforms/ecs-two-apps.yaml');
  const options = { topology, simulation: simulationSchema.parse(simulation), seed: 1, clock };
  const state = simulate(options).state();
  change?.(state);
  const world = simulate({ ...options, state });
  const ask = async <T>(service: 'ecs' | 'applicationautoscaling', operation: string, input: object): Promise<T> =>
    (await clock.run(world.transport.send(service, REGION, operation, input))) as T;
  return {
    later: (ms: number) => clock.run(clock.sleep(ms)),
    ask,
    update: (input: Partial<Input<'ecs', 'UpdateService'>>) =>
      ask<Updated>('ecs', 'UpdateService', { ...PLACE, ...input }),
    async service() {
      const { services } = await ask<{ services: Described[] }>('ecs', 'DescribeServices', {
        cluster: PLACE.cluster,
        services: [PLACE.service],
      });
      return services[0] ?? expect.fail('no service');
    },
    register: (bounds: object) =>
      ask('applicationautoscaling', 'RegisterScalableTarget', {
        ServiceNamespace: 'ecs',
        ResourceId: `service/${PLACE.cluster}/${PLACE.service}`,
        ScalableDimension: 'ecs:service:DesiredCount',
        ...bounds,
      }),
  };
}

interface Described {
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  taskDefinition: string;
  deployments: { id: string; status: string; rolloutState: string; rolloutStateReason: string; runningCount: number }[];
  events: { message: string; createdAt: Date }[];
}
type Updated = { service: Described };

const MINUTE = 60 * SECOND;
const sizes = ({ desiredCount, runningCount, pendingCount }: Described) => [desiredCount, runningCount, pendingCount];
const rollouts = ({ deployments }: Described) =>
  deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`);

test('tasks that a service is given more of are pending, and run within a minute', async () => {
  const { update, service, later } = account();
  expect(sizes((await update({ desiredCount: 6 })).service)).toEqual([6, 2, 4]);
  await later(MINUTE);
  expect(sizes(await service())).toEqual([6, 6, 0]);
  await update({ desiredCount: 1 });
  expect(sizes(await service())).toEqual([1, 1, 0]);
});

test('a forced deployment replaces every task, and no task stops before a new one runs', async () => {
  const { update, service, later } = account();
  const before = (await service()).deployments[0]?.id;
  expect(rollouts((await update({ forceNewDeployment: true })).service)).toEqual([
    'PRIMARY IN_PROGRESS',
    'ACTIVE COMPLETED',
  ]);
  for (let seconds = 0; seconds < 60; seconds += 5) {
    await later(5 * SECOND);
    expect((await service()).runningCount).toBeGreaterThanOrEqual(2);
  }
  await later(30 * SECOND);
  const after = await service();
  expect(rollouts(after)).toEqual(['PRIMARY COMPLETED']);
  expect(after.deployments[0]?.id).not.toBe(before);
  expect(after.events[0]?.message).toMatch(
    /^\(service claims-web-dublin\) \(deployment ecs-svc\/\d+\) deployment completed\.$/,
  );
});

test('another deployment may begin while one is under way, and takes its place', async () => {
  const { update, service, later } = account();
  const first = (await update({ forceNewDeployment: true })).service.deployments[0]?.id;
  await later(5 * SECOND);
  const second = (await update({ forceNewDeployment: true })).service.deployments[0]?.id;
  expect(second).not.toBe(first);
  await later(2 * MINUTE);
  expect((await service()).deployments.map(({ id, status }) => [id, status])).toEqual([[second, 'PRIMARY']]);
  expect(sizes(await service())).toEqual([2, 2, 0]);
});

test('a circuit breaker ends a deployment whose tasks fail, and the former one goes on', async () => {
  const { update, service, later } = account({ tasks: { failing: true, takes: '10 s' } });
  const before = await service();
  await update({ forceNewDeployment: true });
  await later(MINUTE);
  const after = await service();
  expect(rollouts(after)).toEqual(['ACTIVE FAILED', 'PRIMARY COMPLETED']);
  expect(after.deployments[1]?.id).toBe(before.deployments[0]?.id);
  expect(after.deployments[0]?.rolloutStateReason).toBe('ECS deployment circuit breaker: tasks failed to start.');
  expect([after.taskDefinition, after.runningCount]).toEqual([before.taskDefinition, 2]);
  const messages = after.events.map(({ message }) => message);
  expect(messages[0]).toMatch(/rolling back to \(deployment ecs-svc\/\d+\)\.$/);
  expect(messages).toContainEqual(expect.stringMatching(/\(task [0-9a-f]+\) failed container health checks\.$/));
});

test('a region that has no capacity left says so again and again', async () => {
  const { update, service, later } = account({ tasks: { capacity: 1 } });
  await update({ desiredCount: 4 });
  await later(90 * SECOND);
  const found = await service();
  expect(sizes(found)).toEqual([4, 3, 0]);
  const unplaced = found.events.filter(({ message }) => message.includes('unable to place a task'));
  expect(unplaced.length).toBe(3);
  expect(unplaced[0]?.message).toContain('Capacity is unavailable at this time');
});

test('a quota of vCPUs is a limit, too', async () => {
  const { update, service, later } = account({}, ({ quotas }) => {
    quotas['L-3032A538'] = 3;
  });
  await update({ desiredCount: 6 });
  await later(90 * SECOND);
  const { runningCount, events } = await service();
  expect(runningCount).toBe(3);
  expect(events[0]?.message).toContain("You've reached the limit on the number of vCPUs");
});

test('Application Auto Scaling keeps a service at its minimum, and takes idle tasks away', async () => {
  const { register, update, service, later } = account();
  await register({ MinCapacity: 4, MaxCapacity: 8 });
  await later(15 * SECOND);
  expect((await service()).desiredCount).toBe(4);
  await update({ desiredCount: 8 });
  await later(4 * MINUTE);
  expect((await service()).desiredCount).toBe(4);
});

test('what is not there, not active or not valid is refused as AWS refuses it', async () => {
  const { ask, update, register } = account();
  const describe = (input: object) => ask('ecs', 'DescribeServices', input);
  await expect(update({ service: 'nobody' })).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
  await expect(update({ cluster: 'nowhere' })).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  await expect(update({ desiredCount: -1 })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(update({ taskDefinition: 'claims-web-dublin:7' })).rejects.toMatchObject({ name: 'ClientException' });
  await expect(describe({ cluster: 'nowhere', services: ['x'] })).rejects.toMatchObject({
    name: 'ClusterNotFoundException',
  });
  const eleven = Array.from({ length: 11 }, (_, nth) => `s${nth}`);
  await expect(describe({ cluster: PLACE.cluster, services: eleven })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  expect(await describe({ cluster: PLACE.cluster, services: ['nobody'] })).toMatchObject({
    services: [],
    failures: [{ arn: 'arn:aws:ecs:eu-west-1:777788889999:service/claims-dublin/nobody', reason: 'MISSING' }],
  });
  await expect(register({ MinCapacity: 9, MaxCapacity: 3 })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(register({ MinCapacity: 1 })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(ask('ecs', 'DescribeTaskDefinition', { taskDefinition: 'nothing' })).rejects.toMatchObject({
    name: 'ClientException',
  });
});

test('a service that is being deleted takes no change', async () => {
  const { update } = account({}, ({ services }) => {
    for (const one of services) one.status = 'DRAINING';
  });
  await expect(update({ desiredCount: 3 })).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
});

test('more than AWS grants a second is refused', async () => {
  const { ask } = account();
  const register = (nth: number) =>
    ask('ecs', 'RegisterTaskDefinition', { family: `f${nth}`, containerDefinitions: [{ name: 'app', image: 'app' }] });
  const all = await Promise.allSettled(Array.from({ length: 25 }, (_, nth) => register(nth)));
  const refused = all.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThanOrEqual(4);
  expect(refused[0]).toMatchObject({ reason: { name: 'ThrottlingException' } });
});

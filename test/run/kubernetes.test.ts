import { describe, expect, test } from 'vitest';
import { inLines, lookedAt } from '../account/prepared.ts';
import { FAILOVER, type Finished, finished, shipped, WRITER } from './drill.ts';

const AUTO_MODE = 'topology=test/platforms/mysql-pair.yaml';
const of = (deployments: string) => `topology.compute.box-office.deployments=[${deployments}]`;
const sales = '{ name: sales, replicas: 8, standby: 1, critical: true }';
const TWO_NAMESPACES = of(`${sales}, { name: sales, namespace: partners, replicas: 4, standby: 2, critical: true }`);

const RECOVERY = 'eu-west-3';
const recovery = { region: RECOVERY, cluster: 'tickets-paris' };
const PARTNERS = { ...recovery, namespace: 'partners' };
const USUAL = { ...recovery, namespace: 'tickets' };

test('deployments of one component in two namespaces are scaled, pointed and proven, also where they have the same name', async () => {
  const ended = await finished(FAILOVER, [AUTO_MODE, TWO_NAMESPACES]);
  expect([ended.outcome, ended.reason]).toEqual(['passed', 'every target was met']);
  const sizes = [USUAL, PARTNERS].map((place) =>
    ended.world.state().deployments.filter((one) => one.region === place.region && one.namespace === place.namespace),
  );
  expect(sizes.map((found) => found.map(({ name, wanted }) => [name, wanted]))).toEqual([
    [['sales', 8]],
    [['sales', 4]],
  ]);
  const addresses = sizes.flat().map(({ rollouts }) => rollouts.at(-1)?.environment.MYSQL_HOST);
  expect(new Set(addresses)).toEqual(new Set([expect.stringContaining('tickets-mysql-paris.')]));
  const scaling = ended.of('step-started').find(({ step }) => step === 'scale/box-office');
  expect(scaling?.command).toContain(
    'kubectl -n tickets scale deployment/sales --replicas=8 && kubectl -n partners scale deployment/sales --replicas=4',
  );
});

test('deployments of another namespace go back to the size that each of them had', async () => {
  const ended = await finished(FAILOVER, [AUTO_MODE, TWO_NAMESPACES, 'simulation.promotion.fails=true']);
  expect(ended.outcome).toBe('rolled-back');
  const undo = ended.of('undo-started').find(({ step }) => step === 'scale/box-office');
  expect(undo?.command).toContain('kubectl -n partners scale deployment/sales --replicas=2');
  const there = ended.world.state().deployments.filter(({ region }) => region === PARTNERS.region);
  expect(there.map(({ namespace, wanted }) => [namespace, wanted])).toEqual([
    ['tickets', 1],
    ['partners', 2],
  ]);
});

test('the preflight asks for the permissions in each namespace, and for the deployments that are there', async () => {
  const { rows, findings } = await lookedAt({
    overrides: [AUTO_MODE, TWO_NAMESPACES],
    change: (state) => {
      state.deployments = state.deployments.filter(
        (one) => one.region !== PARTNERS.region || one.namespace !== PARTNERS.namespace,
      );
    },
    ports: ({ kubernetes }) => ({
      kubernetes: {
        ...kubernetes,
        may: async ({ namespace }, access) => ({
          allowed: namespace !== 'partners' || !access.startsWith('patch'),
          reason: '',
        }),
      },
    }),
  });
  const blocked = findings.filter(({ severity }) => severity === 'blocker').map(({ what }) => what);
  expect(blocked).toEqual(
    expect.arrayContaining([
      'sales is not deployed in tickets-paris',
      'Kubernetes does not let the drill patch deployments.apps/scale in partners of tickets-paris',
    ]),
  );
  expect(rows.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['tickets/sales in tickets-paris ready pods', 'partners/sales in tickets-paris ready pods']),
  );
});

test('an archive may be of another namespace of its compute, and of no one else', async () => {
  const third = (namespace: string) => [
    'topology.compute.shop.deployments.2.namespace=catalogue',
    `topology.data.configuration.namespace=${namespace}`,
    'topology.data.messages.producers.deployments=[order-service]',
  ];
  const { outcome, of } = await finished('configuration-restore', third('catalogue'));
  expect(outcome).toBe('passed');
  expect(of('step-started').map(({ title }) => title)).toContainEqual(expect.stringContaining('catalogue in'));
  expect(() => shipped('configuration-restore', third('elsewhere'))).toThrow(/shop has nothing in 'elsewhere'/);
});

test('two deployments of one name in one namespace are a mistake', () => {
  expect(() => shipped(FAILOVER, [AUTO_MODE, of(`${sales}, ${sales}`)])).toThrow(/two deployments 'sales' in tickets/);
});

describe('a deployment with a HorizontalPodAutoscaler', () => {
  const withAutoscaler = (bounds: string) => `simulation.autoscalers=[{ deployment: sales, ${bounds} }]`;
  const autoscalers = ({ world }: Finished) =>
    world.state().autoscalers.map(({ region, min, minBefore }) => [region, min, minBefore]);
  const wantedIn = ({ world }: Finished, region: string, name = 'sales') =>
    world.state().deployments.find((one) => one.region === region && one.name === name)?.wanted;

  test('has its minimum raised before the region serves, so that it takes no idle pods away', async () => {
    const ended = await finished(FAILOVER, [AUTO_MODE, withAutoscaler('in: recovery, min: 1, max: 10')]);
    expect([ended.outcome, ended.reason]).toEqual(['passed', 'every target was met']);
    expect(autoscalers(ended)).toEqual([[RECOVERY, 8, 1]]);
    expect(wantedIn(ended, RECOVERY)).toBe(8);
    const told = ended.of('finding').find(({ what }) => what.includes('autoscaler'));
    expect(told).toMatchObject({
      severity: 'note',
      what: 'the drill raises the minimum of the autoscaler sales in tickets-paris from 1 to 8',
    });
  });

  test('has its minimum put back by an undo', async () => {
    const bounds = withAutoscaler('in: recovery, min: 1, max: 10');
    const ended = await finished(FAILOVER, [AUTO_MODE, bounds, 'simulation.promotion.fails=true']);
    expect(ended.outcome).toBe('rolled-back');
    expect(autoscalers(ended)).toEqual([[RECOVERY, 1, null]]);
    expect(wantedIn(ended, RECOVERY)).toBe(1);
    const undo = ended.of('undo-started').find(({ step }) => step === 'scale/box-office');
    expect(undo?.command).toContain(`kubectl -n tickets patch hpa sales --patch '{"spec":{"minReplicas":1}}'`);
  });

  test('is never scaled below its minimum, which the preflight says', async () => {
    const ended = await finished('failback', [AUTO_MODE, withAutoscaler('in: recovery, min: 3, max: 10')]);
    expect([ended.outcome, ended.reason]).toEqual(['passed', 'every target was met']);
    expect([wantedIn(ended, RECOVERY), wantedIn(ended, RECOVERY, 'seating')]).toEqual([3, 1]);
    expect(ended.of('finding').map(({ severity, what }) => `${severity}: ${what}`)).toContain(
      'warning: sales keeps 3 pods in tickets-paris, not 1: its autoscaler sales has no fewer',
    );
  });

  test('whose minimum something else puts back keeps no region at its full size', async () => {
    const bounds = withAutoscaler('in: recovery, min: 1, max: 10, putBack: true');
    const ended = await finished(FAILOVER, [AUTO_MODE, bounds]);
    expect([ended.outcome, ended.reason]).toEqual(['failed', expect.stringMatching(/^scale\/box-office: not done/)]);
    expect(ended.of('not-ready').flatMap(({ reasons }) => reasons)).toContain(
      'the autoscaler of sales keeps 1 again: something else sets its minimum',
    );
    expect(autoscalers(ended)).toEqual([[RECOVERY, 1, null]]);
  });

  test('that allows fewer than the drill wants, or may not be changed, is a blocker', async () => {
    const overrides = [AUTO_MODE, withAutoscaler('in: recovery, min: 2, max: 4')];
    const few = await lookedAt({ overrides });
    expect(inLines(few)).toContain(
      'blocker: the autoscaler sales in tickets-paris allows 4 pods of sales, and the drill wants 8',
    );
    expect(few.rows).toContainEqual(
      expect.objectContaining({
        what: 'tickets/sales in tickets-paris autoscaler',
        topology: '8',
        account: '2 to 4',
      }),
    );
    const denied = await lookedAt({
      overrides: [AUTO_MODE, withAutoscaler('in: recovery, min: 2, max: 9')],
      change: (state) => state.denied.push('patch horizontalpodautoscalers.autoscaling'),
    });
    expect(inLines(denied)).toContain(
      'blocker: Kubernetes does not let the drill patch horizontalpodautoscalers.autoscaling in tickets of tickets-paris',
    );
  });
});

describe('a node autoscaler that takes nodes without pods away again', () => {
  const AUTOSCALER = 'simulation.nodes.autoscaler={ after: 5 s }';
  const sized = (min: number) => `topology.compute.shop.recovery.failoverNodes={ min: ${min}, desired: 9, max: 30 }`;

  test('takes none where the minimum was raised with the size', async () => {
    const run = await finished(FAILOVER, [AUTOSCALER, sized(9)]);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  });

  test('ends the step with what to set, where it was not', async () => {
    const run = await finished(FAILOVER, [
      AUTOSCALER,
      sized(3),
      // Throttled for a while, the promotion comes later than the news of the nodes.
      'simulation.throttling=[{service: rds, operation: PromoteReadReplica, calls: 5}]',
    ]);
    expect([run.outcome, run.reason]).toEqual([
      'rolled-back',
      'scale/shop/nodes: ecommerce-recovery-workers in ap-northeast-1 was scaled back from 9 to 3 nodes before pods came: a node autoscaler keeps no more than its minimum, 3.',
    ]);
    expect(run.standing.writers).toEqual([WRITER]);
    // The preflight told it before.
    expect(run.of('finding').map(({ what }) => what)).toContain(
      'ecommerce-recovery-workers is to have 9 nodes, and a minimum of 3',
    );
  });
});

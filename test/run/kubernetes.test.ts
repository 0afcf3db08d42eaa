import { expect, test } from 'vitest';
import { lookedAt } from '../account/prepared.ts';
import { FAILOVER, finished, shipped } from './drill.ts';

const AUTO_MODE = 'topology=test/platforms/mysql-pair.yaml';
const of = (deployments: string) => `topology.compute.box-office.deployments=[${deployments}]`;
const sales = '{ name: sales, replicas: 8, standby: 1, critical: true }';
const TWO_NAMESPACES = of(`${sales}, { name: sales, namespace: partners, replicas: 4, standby: 2, critical: true }`);

const recovery = { region: 'eu-west-3', cluster: 'tickets-paris' };
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

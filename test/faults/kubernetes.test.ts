import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { componentOf } from '../../src/drill/components.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { startKubernetesApi } from '../lab/kubernetes-api.ts';
import { shipped } from '../run/drill.ts';
import { RECOVERY, topology } from '../simulator/world.ts';
import { faults } from './fault.ts';
import { kubernetesApi } from './kubernetes-wire.ts';
import { liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow, rate } from './plan.ts';
import { startProxy } from './proxy.ts';
import { type Ended, legend, type Played, summaryOf, tableOf } from './table.ts';
import { type Passed, Way } from './way.ts';

/** Every cell with TORTURE=live, as `npm run torture:live` has it; otherwise a few of each drill. */
const ALL = process.env.TORTURE === 'live';
const FEW = 4;
const LOOKS_IN_A_ROW = 7;

const isLook = (operation: string): boolean => /^(get|list|watch) |accessreviews$/.test(operation);

/** Every operation of a cluster's API, before the drill changes anything there and after. */
function cellsOf(passed: readonly Passed[]) {
  const counts = new Map<string, number>();
  const places = new Set<string>();
  let changed = false;
  return passed.flatMap(({ service, operation }) => {
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    const place = `${operation} ${changed}`;
    const change = !isLook(operation);
    changed ||= change;
    if (places.has(place)) return [];
    places.add(place);
    return faults
      .filter(({ forChanges }) => change || !forChanges)
      .map((fault) => ({ service, operation, nth, fault, times: change || fault.once ? 1 : LOOKS_IN_A_ROW }));
  });
}

const ended = new Map<string, Played>();
beforeAll(() => console.info(legend));
afterAll(() => console.info(summaryOf(ended)));

/** Those whose steps ask a cluster. */
const drills = ['multi-region-failover', 'configuration-restore', 'kafka-failover', 'planned-switchover', 'failback'];

describe.each(ALL ? drills : drills.slice(0, 2))('%s, live', (name) => {
  test("comes to its end whatever happens to one operation of a cluster's API", async () => {
    const clock = realClock();
    const loaded = shipped(name);
    const unbroken = await liveRun(loaded, [], { kubernetes: () => () => undefined });
    const all = cellsOf(unbroken.kubernetesPassed);
    expect(all).not.toEqual([]);
    const every = ALL ? 1 : Math.ceil(all.length / FEW);
    const cells: Ended[] = [];
    const wrong: string[] = [];
    for (const blow of all.filter((_, at) => at % every === 0)) {
      const { operation, nth, fault } = blow;
      const run = await liveRun(loaded, [], { kubernetes: (virtual) => oneBlow(blow, virtual) }).catch(String);
      const isOver = typeof run !== 'string';
      const found = isOver ? violations(run, unbroken) : [run];
      cells.push({
        operation,
        fault: fault.name,
        outcome: isOver ? run.outcome : undefined,
        breaksRule: found.length > 0,
      });
      wrong.push(
        ...found.map((what) => `${operation}, call ${nth}, ${fault.name}: ${what}; ${isOver ? run.reason : ''}`),
      );
    }
    ended.set(name, { cells, tookMs: clock.elapsedMs() });
    console.info(`${name}\n${tableOf(cells)}\n${wrong.join('\n')}`);
    expect(wrong).toEqual([]);
  }, 7_200_000);
});

test('a stale answer that a namespace is gone deletes it all the same', async () => {
  const loaded = shipped('configuration-restore');
  const unbroken = await liveRun(loaded, [], { kubernetes: () => () => undefined });
  const blows = cellsOf(unbroken.kubernetesPassed).filter(
    ({ operation, fault }) => operation === 'get namespaces' && fault.name === 'stale once',
  );
  expect(blows.length).toBeGreaterThan(1);
  for (const blow of blows) {
    const run = await liveRun(loaded, [], { kubernetes: (virtual) => oneBlow(blow, virtual) });
    expect([run.reason, ...violations(run, unbroken)]).toEqual([unbroken.reason]);
  }
});

test.each([
  ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/orders/scale', 'patch deployments/scale'],
  ['GET', '/apis/apps/v1/namespaces/shop/deployments/orders', 'get deployments'],
  ['GET', '/api/v1/namespaces/shop/pods', 'list pods'],
  ['GET', '/api/v1/namespaces/shop/pods?watch=true', 'watch pods'],
  ['GET', '/api/v1/nodes?labelSelector=pool', 'list nodes'],
  ['POST', '/api/v1/namespaces', 'create namespaces'],
  ['DELETE', '/api/v1/namespaces/shop', 'delete namespaces'],
])('%s %s is known as %s', (method, url, operation) => {
  const { pathname, searchParams } = new URL(url, 'http://cluster');
  const asked = { method, path: pathname, query: searchParams, headers: { host: 'cluster' }, body: Buffer.alloc(0) };
  expect(kubernetesApi.asked(asked)).toEqual({ service: 'kubernetes', region: 'cluster', operation });
});

test.each([
  ['answer lost', 'UnknownOutcome'],
  ['cut mid-body', 'UnknownOutcome'],
  ['truncated', 'UnknownOutcome'],
  ['HTML 500', 'UnknownOutcome'],
  ['500', 'UnknownOutcome'],
  ['delivered twice', 'done'],
])('on a socket before the API of the lab, a change that meets %s ends as %s', async (name, end) => {
  const clock = realClock();
  const world = simulate({ topology: topology(), simulation: simulationSchema.parse({}), seed: 1, clock, speed: 100 });
  const tls = await generate([{ name: 'commonName', value: 'shop' }], { keyType: 'ec' });
  const served = { key: tls.private, cert: tls.cert };
  const shop = componentOf(topology(), 'eks');
  const { cluster, nodegroup = '' } = shop.recovery;
  const here = { region: RECOVERY, cluster };
  const api = await startKubernetesApi({ kubernetes: world.ports.kubernetes, cluster: here, nodegroup, tls: served });
  const fault = faults.find((one) => one.name === name);
  if (!fault) throw new Error(`no fault is named ${name}`);
  const way = new Way({ api: kubernetesApi, clock, plan: rate(1, [fault], () => 0) });
  const proxy = await startProxy({ target: api.endpoint, way });
  const kubernetes = liveKubernetes({
    describeCluster: async () => ({ endpoint: proxy.url, certificateAuthority: '' }),
    token: async () => 'k8s-aws-v1.simulated',
    clock,
  });
  const namespace = shop.namespace;
  const [deployment = ''] = shop.deployments.map((one) => one.name);
  const ended = await kubernetes.scale({ ...here, namespace }, deployment, 3).then(
    () => 'done',
    (error: Error) => error.name,
  );
  await proxy.close();
  api.close();
  expect([ended, way.passed.map(({ operation }) => operation)]).toEqual([end, ['patch deployments/scale']]);
});

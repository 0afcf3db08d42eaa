import { describe, expect, test } from 'vitest';
import { actionOf } from '../../src/aws/actions.ts';
import type { Service } from '../../src/aws/aws.ts';
import { isChange } from '../../src/aws/changes.ts';
import { services } from '../../src/aws/services/index.ts';
import { stepsOf } from '../../src/plan/planned.ts';
import { planLines } from '../../src/plan/text.ts';
import { steps } from '../../src/platform/steps.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { stepNames } from '../../state-machines/index.ts';
import { FAILOVER, load, PARTITION, PARTITION_AT_HOME, POINT_IN_TIME, planFor, SNAPSHOT, stepIn } from './drills.ts';

const SWITCH_OVER = 'afterwards=switch-over';
const WEIGHTED = 'topology.traffic.public.lever=weighted-records';

const courseOf = (path: string, ...overrides: string[]) => {
  const { drill, topology } = load(path, ...overrides);
  return runbookFor(drill, topology).course;
};

const namesIn = (path: string, ...overrides: string[]) =>
  stepsOf(planFor(path, ...overrides).phases).map(({ step }) => step);

describe('the plan', () => {
  test('has every step that the machine invokes, in its order', () => {
    const asking = [
      'approval={ roles: [incident commander], each: 5 min }',
      'protection={}',
      'topology.data.orders.nextReplica={ region: ap-northeast-1, identifier: next, class: db.r6g.xlarge, parameterGroup: p, subnetGroup: s, securityGroups: [sg-0a1b2c3d] }',
    ];
    expect(namesIn(FAILOVER, ...asking)).toEqual(stepNames(courseOf(FAILOVER, ...asking)));
    expect(namesIn(FAILOVER)).not.toContain('approve-failover');
    expect(namesIn(SNAPSHOT)).toEqual(stepNames(courseOf(SNAPSHOT)));
    const restore = new Set([...namesIn(SNAPSHOT), ...namesIn(SNAPSHOT, SWITCH_OVER)]);
    expect(restore).toEqual(new Set(stepNames(courseOf(SNAPSHOT, SWITCH_OVER))));
  });

  test('leads a restore only to where the drill says', () => {
    expect(namesIn(SNAPSHOT)).toContain('delete-restored/orders');
    expect(namesIn(SNAPSHOT)).not.toContain('fence-writer/orders');
    expect(namesIn(SNAPSHOT, SWITCH_OVER)).toContain('fence-writer/orders');
    expect(namesIn(SNAPSHOT, SWITCH_OVER)).not.toContain('delete-restored/orders');
  });

  test('of a partition shows what follows each decision, and what each needs', () => {
    const { phases, otherwise, permissions } = planFor(PARTITION);
    const both = [...stepsOf(phases), ...otherwise].map(({ step }) => step);
    expect(new Set(both)).toEqual(new Set(stepNames(courseOf(PARTITION))));
    expect(otherwise.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['rejoin/orders/catch-up', 'rejoin/orders/compare']),
    );
    expect(phases.find(({ phase }) => phase === 'decide')?.decisions).toEqual([
      { decision: 'fail-over', rule: 'recoveryHoldsQuorum' },
      { decision: 'stay', rule: 'primaryHoldsQuorum' },
      { decision: 'stand-still', rule: 'noQuorum' },
    ]);
    const [puts] = permissions.filter(({ action }) => action === 's3:PutObject');
    expect(puts?.resources).toEqual(['arn:aws:s3:::ecommerce-witness/writer']);
    const text = planLines(planFor(PARTITION), { colour: false }).join('\n');
    expect(text).toContain('network-partition between ap-east-2 and ap-northeast-1');
    expect(text).toContain('OTHERWISE');
    expect(text).toMatch(/exercises +the recovery region takes the right to write: a failover/);
    expect(planLines(planFor(FAILOVER), { colour: false }).join('\n')).not.toContain('OTHERWISE');
  });

  test('of a partition in which the primary goes on says that nothing fails over, and shows the failover apart', () => {
    const plan = planFor(PARTITION_AT_HOME);
    expect(stepsOf(plan.phases).map(({ step }) => step)).not.toContain('take-over/orders');
    expect(plan.otherwise.map(({ step }) => step)).toContain('take-over/orders');
    expect(plan.estimate).toMatchObject({ recoveryMs: 0, criticalPath: [] });
    const text = planLines(plan, { colour: false }).join('\n');
    expect(text).toMatch(/exercises +the primary region keeps the right to write: nothing fails over/);
    expect(text).toContain('nothing fails over: customers stay where they are');
  });

  test('shows which steps run side by side, and what waits for them', () => {
    const execute = planFor(FAILOVER).phases.find(({ phase }) => phase === 'execute');
    expect(execute?.parts).toMatchObject([
      {
        sideBySide: [
          { branch: 'orders', after: [], parts: [{ step: 'fence/orders' }, { step: 'take-over/orders' }] },
          { branch: 'baskets', parts: [{ step: 'fence/baskets' }, { step: 'take-over/baskets' }] },
          {
            branch: 'messages',
            parts: [
              { step: 'fence/messages' },
              { step: 'take-over/messages/checkpoints' },
              { step: 'take-over/messages/commit' },
              { step: 'take-over/messages/start' },
            ],
          },
          { branch: 'sessions', parts: [{ step: 'take-over/sessions' }] },
          { branch: 'shop', parts: [{ step: 'scale/shop/nodes' }, { step: 'scale/shop/pods' }] },
        ],
      },
      { step: 'point/shop' },
    ]);
  });

  test('gives each step the deadline that the drill sets', () => {
    expect(stepIn(planFor(FAILOVER, 'deadlines.take-over=7 min'), 'take-over/orders').deadlineMs).toBe(420_000);
  });

  test('says for which phases a watch lasts', () => {
    const { watches } = planFor(FAILOVER);
    const customers = watches.find(({ watch }) => watch === 'customers/public');
    const keepFenced = watches.find(({ watch }) => watch === 'keep-fenced/orders');
    expect([customers?.phases[0], customers?.phases.at(-1)]).toEqual(['baseline', 'verify']);
    expect(keepFenced?.phases).toEqual(['execute', 'shift', 'verify']);
  });

  test('lists what the data would be asked, and whose checks they are', () => {
    const own = '{ check: enough, title: Enough orders, expect: "value >= 100", sql: select count(*) from orders }';
    const { dataChecks } = planFor(
      FAILOVER,
      `dataChecks={ tables: [orders], checksums: [order_items], checks: [${own}] }`,
    );
    expect(dataChecks).toMatchObject({ tables: ['orders'], checksums: ['order_items'] });
    expect(dataChecks?.checks).toContainEqual({
      check: 'enough',
      title: 'Enough orders',
      expect: 'value >= 100',
      shipped: false,
    });
    expect(dataChecks?.checks.filter(({ shipped }) => shipped).length).toBeGreaterThanOrEqual(10);
  });

  test('tells what decides, and by which rules', () => {
    const decide = planFor(FAILOVER).phases.find(({ phase }) => phase === 'decide');
    expect(decide?.decisions[0]).toEqual({ decision: 'fail-over', rule: 'writerUnreachable' });
    expect(decide?.decisions.at(-1)).toEqual({ decision: 'watch', rule: 'noRuleHolds' });
  });

  test.each([
    [FAILOVER],
    [FAILOVER, WEIGHTED],
    [FAILOVER, 'failure.kind=writer-loss'],
    [FAILOVER, 'onFailure=hold'],
    [SNAPSHOT],
    [SNAPSHOT, SWITCH_OVER],
    [POINT_IN_TIME],
    [POINT_IN_TIME, 'recoveryPoint.before=10 min'],
  ])('reads sensibly where only a run will know: %j', (path, ...overrides) => {
    const plan = planFor(path, ...overrides);
    // The SQL of data checks may hold anything, and knows nothing of a run.
    for (const step of stepsOf(plan.phases))
      if (step.kind === 'data.check-data') step.command = step.command.replace(/ -c .*/s, '');
    for (const text of [JSON.stringify(plan), planLines(plan, { colour: false }).join('\n')]) {
      expect(text).not.toMatch(/undefined|NaN|\[object|1970|9999|25340230|<>/);
    }
    for (const { title, command } of stepsOf(plan.phases)) {
      expect(title).not.toMatch(/ {2}|''| (at|as|as of|to)$/);
      expect(command).not.toMatch(/\w=(\s|$)|''|--[\w-]+ {2}/);
    }
  });

  test('names in words what earlier steps will give', () => {
    expect(stepIn(planFor(FAILOVER), 'point/shop').command).toMatch(/=<address that take-over\/orders gives>/);
    expect(stepIn(planFor(SNAPSHOT), 'restore/orders').title).toMatch(/^Restore <newest snapshot> as /);
    expect(stepIn(planFor(POINT_IN_TIME), 'restore/orders').command).toContain(
      '--restore-time <latest restorable time> ',
    );
    const earlier = planFor(POINT_IN_TIME, 'recoveryPoint.before=10 min');
    expect(stepIn(earlier, 'restore/orders').title).toContain('<10 min before the latest restorable time>');
  });
});

describe('the calls of a plan', () => {
  test('are marked where they change something, as the gateway marks them', () => {
    const marked = [FAILOVER, SNAPSHOT, POINT_IN_TIME]
      .flatMap((path) => planFor(path))
      .flatMap((plan) => [...stepsOf(plan.phases), ...plan.watches])
      .flatMap(({ calls }) => calls);
    for (const { operation, mutating } of marked) {
      const [service, name] = operation.split(':') as [Service, string];
      expect(mutating, operation).toBe(name in services[service].changes);
    }
    expect(stepIn(planFor(FAILOVER), 'take-over/orders').calls).toContainEqual({
      operation: 'rds:PromoteReadReplica',
      mutating: true,
    });
  });

  test('are operations that exist, in every step there is', () => {
    const planned = stepsOf(planFor(FAILOVER).phases).map(({ kind, calls }) => ({
      kind,
      calls: calls.map(({ operation }) => operation),
    }));
    for (const { kind, calls } of [...steps.values(), ...planned]) {
      for (const operation of typeof calls === 'function' ? [] : calls) {
        const [service, name] = operation.split(':') as [Service, string];
        expect({ ...services[service].reads, ...services[service].changes }, `${kind}: ${operation}`).toHaveProperty(
          name,
        );
      }
    }
  });

  test('are known as changes without loading a client', () => {
    for (const [service, { reads, changes }] of Object.entries(services)) {
      for (const name of Object.keys(changes)) expect(isChange(`${service}:${name}`), name).toBe(true);
      for (const name of Object.keys(reads)) expect(isChange(`${service}:${name}`), name).toBe(false);
    }
  });
});

describe('if a step fails', () => {
  test('what was done before the point of no return is undone, the last first', () => {
    const { undone, heldAfter } = planFor(FAILOVER).ifAStepFails;
    expect(undone.map(({ step }) => step)).toEqual([
      'scale/shop/pods',
      'scale/shop/nodes',
      'take-over/sessions',
      'take-over/messages/start',
      'take-over/messages/commit',
      'fence/messages',
      'fence/baskets',
      'fence/orders',
      'bring-about-failure',
    ]);
    expect(heldAfter.map(({ step }) => step)).toEqual(['take-over/orders', 'take-over/baskets']);
  });

  test('a drill that holds says that nothing is undone', () => {
    const plan = planFor(FAILOVER, 'onFailure=hold');
    expect(plan.ifAStepFails.onFailure).toBe('hold');
    expect(planLines(plan, { colour: false }).join('\n')).toContain('The drill says hold: nothing is undone');
  });

  test('a restored instance is deleted all the same, but not before a person has decided about what it holds', () => {
    expect(planFor(SNAPSHOT).ifAStepFails).toMatchObject({
      undone: [],
      afterwards: [{ step: 'delete-restored/orders' }],
    });
    const { undone } = planFor(SNAPSHOT, SWITCH_OVER).ifAStepFails;
    expect(undone).toMatchObject([
      { step: 'point-applications/shop' },
      { step: 'fence-writer/orders', staysBehind: null },
    ]);
    expect(undone[0]?.staysBehind).toEqual(expect.any(String));
  });
});

describe('the permissions of a plan', () => {
  test.each([FAILOVER, SNAPSHOT, POINT_IN_TIME])('name each action once, with each resource once: %s', (path) => {
    const actions = planFor(path).permissions.map(({ action }) => action);
    expect(actions).toEqual([...new Set(actions)].sort());
    for (const { resources } of planFor(path).permissions) expect(resources).toEqual([...new Set(resources)]);
  });

  test.each([FAILOVER, SNAPSHOT, POINT_IN_TIME])('cover every call of every step and watch: %s', (path) => {
    const plan = planFor(path);
    const allowed = plan.permissions.map(({ action }) => action);
    const called = [...stepsOf(plan.phases), ...plan.ifAStepFails.afterwards, ...plan.watches].flatMap(({ calls }) =>
      calls.map(({ operation }) => actionOf(operation)),
    );
    expect(called.filter((operation) => !allowed.includes(operation))).toEqual([]);
  });

  test('do not repeat what a wider pattern takes in', () => {
    const { account } = load(SNAPSHOT).topology;
    const describing = planFor(SNAPSHOT).permissions.find(({ action }) => action === 'rds:DescribeDBInstances');
    expect(describing?.resources).toEqual([`arn:aws:rds:ap-east-2:${account}:db:*`]);
  });
});

import { readdirSync } from 'node:fs';
import { candidatesOf } from '../../src/drill/candidates.ts';
import { steps } from '../../src/platform/steps.ts';
import { factsBeforeRun } from '../../src/runbook/not-yet-known.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import type { Need } from '../../src/steps/needs.ts';
import { type AnyStep, callsWith, type Permission } from '../../src/steps/step.ts';
import { shipped } from '../run/drill.ts';
import { GROUPS, TARGET_GROUP } from '../simulator/world.ts';

/** A drill with settings as given to `--set`. */
export interface Case {
  title: string;
  drill: string;
  overrides?: string[];
}

const fixture = (name: string): Case => ({ title: name, drill: `../test/drill/fixtures/${name}` });
const FAILOVER = 'multi-region-failover';

const SECOND_CHECK = 'topology.traffic.public.recovery.healthCheck=22222222-aaaa-4bbb-8ccc-000000000002';
const DIALS = [
  'topology.traffic.public.lever=global-accelerator-dials',
  `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
];
const CONTROL = 'arn:aws:route53-recovery-control::111122223333:controlpanel/0123/routingcontrol';
const ROUTING_CONTROLS = [
  'topology.traffic.public.lever=arc-routing-controls',
  SECOND_CHECK,
  `topology.traffic.public.routingControls={ primary: ${CONTROL}/taipei, recovery: ${CONTROL}/tokyo, endpoints: { us-west-2: "https://host-us-west-2.example.com" } }`,
];

const AURORA = 'topology=test/platforms/aurora-two-names-and-cache.yaml';

/** Every drill that ships, and drills with the steps that none of those has. */
export const cases: Case[] = [
  ...readdirSync('drills')
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace('.yaml', ''))
    .map((drill) => ({ title: drill, drill })),
  fixture('own-steps'),
  fixture('own-tables'),
  {
    title: 'a failover of tables',
    drill: FAILOVER,
    overrides: ['topology=drills/topologies/global-tables.yaml'],
  },
  {
    title: 'a failover by weighted records',
    drill: FAILOVER,
    overrides: ['topology.traffic.public.lever=weighted-records'],
  },
  {
    title: 'a failover by failover records',
    drill: FAILOVER,
    overrides: [
      'topology.traffic.public.lever=failover-records',
      'topology.traffic.public.records=failover',
      SECOND_CHECK,
    ],
  },
  {
    title: 'a failover that waits for healthy targets',
    drill: FAILOVER,
    overrides: [`topology.traffic.public.recovery.targetGroups=[${TARGET_GROUP}]`],
  },
  { title: 'a failover by routing controls', drill: FAILOVER, overrides: ROUTING_CONTROLS },
  { title: 'a failover by traffic dials', drill: FAILOVER, overrides: DIALS },
  { title: 'a failover by shares of traffic dials', drill: '../test/drill/fixtures/own-shift', overrides: DIALS },
  fixture('own-experiment'),
  {
    title: 'a failback of applications that write to every store',
    drill: 'failback',
    overrides: [
      'topology.compute.shop.uses={ orders: { variable: ORDERS }, baskets: { variable: BASKETS }, sessions: { variable: SESSIONS } }',
    ],
  },
  {
    title: 'a switchover to a cluster that has no instance yet',
    drill: 'planned-switchover',
    overrides: [
      'topology.data.baskets.recovery={ cluster: ecommerce-aurora-recovery, instances: [], newInstance: { identifier: new, class: db.r6g.large } }',
    ],
  },
  ...['snapshot-restore', 'point-in-time-restore', 'cross-region-restore', 'partial-restore'].map((drill) => ({
    title: `${drill} of an Aurora cluster`,
    drill,
    overrides: [AURORA],
  })),
  {
    title: 'a failover to another zone of an Aurora cluster',
    drill: 'multi-az-failover',
    overrides: ['topology=test/platforms/aurora-mysql-global-endpoint.yaml'],
  },
  {
    title: 'a failover of services in ECS',
    drill: FAILOVER,
    overrides: ['topology=test/platforms/ecs-two-apps.yaml'],
  },
  {
    title: 'a switch-over to an Aurora cluster that was restored',
    drill: 'snapshot-restore',
    overrides: [AURORA, 'afterwards=switch-over'],
  },
  {
    title: 'a failover that protects the new writer',
    drill: FAILOVER,
    overrides: [
      'protection={}',
      'topology.data.orders.nextReplica={ region: ap-northeast-1, identifier: next, class: db.r6g.xlarge, parameterGroup: p, subnetGroup: s, securityGroups: [sg-0a1b2c3d], kmsKey: alias/next }',
    ],
  },
];

/** One step of a case, with what it says of itself. */
export interface StepSaid {
  name: string;
  kind: string;
  step: AnyStep;
  params: object;
  needs: readonly Need[];
  alters: readonly string[];
  calls: readonly string[];
  permissions: Permission[];
}

/** What each step of a case says, apart from the preflight; of a surprise, of all drills that it may turn out to be. */
export function stepsSaid({ drill: name, overrides = [] }: Case): StepSaid[] {
  const { drill, topology } = shipped(name, overrides);
  return candidatesOf(drill).flatMap((one) => {
    const { steps: entries, ways = [] } = runbookFor(one, topology);
    const taken = Object.entries(entries).flatMap((entry) =>
      [factsBeforeRun, ...ways].map((facts) => [...entry, facts] as const),
    );
    return taken.flatMap(([step, { kind, params }, facts]) => {
      const known = steps.get(kind);
      if (!known || kind === 'account.preflight') return [];
      const given = known.params.parse(params(facts));
      return {
        ...{ name: step, kind, step: known, params: given, needs: known.needs(given) },
        alters: known.alters?.(given) ?? [],
        calls: callsWith(known, given),
        permissions: known.permissions(given, topology.account),
      };
    });
  });
}

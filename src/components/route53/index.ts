import { globalRegionOf } from '../../partition.ts';
import { type Doing, type KindOfComponent, ms, percent, type Scene } from '../verbs.ts';
import { setDials } from './accelerator/set-dials.ts';
import { shareByDials } from './accelerator/share-traffic.ts';
import { describedNeed } from './describes.ts';
import { discoverNames } from './discover.ts';
import { route53Example } from './example.ts';
import { leverFits } from './fits.ts';
import { publicNameLook } from './looks/records.ts';
import { routingControlsLook } from './looks/routing-controls.ts';
import { targetGroupsLook } from './looks/target-groups.ts';
import { setRoutingControls } from './routing-controls/set-routing-controls.ts';
import { ACCELERATOR_REGION, editsRecords, endpointRegions, recordPolicyOf, type Traffic } from './schema.ts';
import { baseline } from './steps/baseline.ts';
import { holdByWeights } from './steps/hold-by-weights.ts';
import { invertHealthCheck } from './steps/invert-health-check.ts';
import { moveRecords } from './steps/move-records.ts';
import { shareTraffic } from './steps/share-traffic.ts';
import { verifyService } from './steps/verify-service.ts';
import { awaitTargets } from './target-groups/await-targets.ts';

const MINUTE = 60_000;

const SHARED = 'weighted records, or an accelerator; or a stage of 100 % or 0 %, with which a name moves as a whole';

type Side = 'primary' | 'recovery';

/** A public name in Route 53, and its lever. */
export const route53: KindOfComponent<'route53'> = {
  kind: 'route53',
  group: 'traffic',
  title: 'a public name in Route 53',
  wants: { 'traffic.share': SHARED },
  verbs: {
    'traffic.look': (_, { lasts }) => [
      { uses: 'probe.baseline', with: { lasts: ms(lasts) }, deadlineMs: lasts + 2 * MINUTE },
    ],
    'traffic.shift': (traffic, { to }, scene) => shifts(traffic, to, scene.asked),
    'traffic.share': (traffic, given, scene) => {
      const uses = sharesBy(traffic);
      const { recovery, hold, errorRate, p95, over } = given;
      if (uses !== undefined) {
        const limits = { errorRate: percent(errorRate), p95: ms(p95), over: ms(over) };
        return [
          ...(recovery > 0 ? targets([traffic], 'recovery') : []),
          ...(recovery < 1 ? targets([traffic], 'primary') : []),
          { uses, with: { recovery: percent(recovery), hold: ms(hold), ...limits } },
        ];
      }
      // A name that cannot be divided moves as a whole, with the stage that leaves nobody behind.
      if (recovery !== 0 && recovery !== 1) return [];
      return shifts(traffic, recovery === 1 ? 'recovery' : 'primary', scene.asked.filter(isWhole));
    },
    'traffic.hold': (traffic) => {
      const uses = holdsBy(traffic);
      return uses === undefined ? [] : [{ uses, ...(editsRecords(traffic) && { with: { to: 'recovery' } }) }];
    },
    'traffic.prove': (_, given) => [
      {
        uses: 'probe.verify-service',
        with: { in: given.in, lasts: ms(given.lasts), errorRate: percent(given.errorRate), p95: ms(given.p95) },
        deadlineMs: given.lasts + 10 * MINUTE,
      },
    ],
  },
  steps: [
    setDials,
    shareByDials,
    baseline,
    verifyService,
    setRoutingControls,
    holdByWeights,
    invertHealthCheck,
    shareTraffic,
    moveRecords,
    awaitTargets,
  ],
  looks: { 'public-name': publicNameLook, 'routing-controls': routingControlsLook, 'target-groups': targetGroupsLook },
  discovery: {
    title: 'public names',
    discover: discoverNames,
    regions: (recovery) => [globalRegionOf('route53', recovery), ACCELERATOR_REGION],
  },
  example: route53Example,
  fits: leverFits,
  describes: describedNeed,
  answersKeptMs: ({ lever, ttl }) => (lever === 'global-accelerator-dials' ? undefined : ttl),
  endpointsOf: ({ routingControls }) => ({ route53recoverycluster: routingControls?.endpoints ?? {} }),
  regions: (name, { recovery }) => [...endpointRegions(name), globalRegionOf('route53', recovery)],
};

const MOVE_RECORDS = 'route53.move-records';

const shiftBy: Record<Traffic['lever'], string> = {
  'health-check-inversion': 'route53.invert-health-check',
  'weighted-records': MOVE_RECORDS,
  'failover-records': MOVE_RECORDS,
  'latency-records': MOVE_RECORDS,
  'simple-record': MOVE_RECORDS,
  'arc-routing-controls': 'arc.set-routing-controls',
  'global-accelerator-dials': 'globalaccelerator.set-dials',
};

type Name = Parameters<NonNullable<KindOfComponent<'route53'>['verbs']['traffic.shift']>>[0];

/** Names of one zone whose records are edited move in one batch, which the first of them asks for. */
function shifts(traffic: Name, to: Side, asked: Scene['asked']): Doing[] {
  const uses = shiftBy[traffic.lever];
  if (!editsRecords(traffic)) return [...targets([traffic], to), { uses, with: { to }, deadlineMs: 5 * MINUTE }];
  const inZone = asked.filter(
    (one): one is Name => one.kind === 'route53' && one.zone === traffic.zone && editsRecords(one),
  );
  if (inZone[0]?.id !== traffic.id) return [];
  const together = idsBeside(inZone);
  return [...targets(inZone, to), { uses, with: { to, ...together }, deadlineMs: 5 * MINUTE }];
}

/** Nobody is sent to a side before its target groups have healthy targets. */
function targets(names: readonly Name[], to: Side): Doing[] {
  const those = names.filter((one) => one[to].targetGroups !== undefined);
  if (those.length === 0) return [];
  const part = to === 'recovery' ? 'targets' : 'primary-targets';
  const uses = 'elasticloadbalancing.await-targets';
  return [{ part, uses, of: those[0]?.id ?? '', with: { to, ...idsBeside(those) }, deadlineMs: 5 * MINUTE }];
}

const idsBeside = ([, ...others]: readonly Name[]) => others.length > 0 && { together: others.map(({ id }) => id) };

const isWhole = (one: Scene['asked'][number]): boolean => one.kind === 'route53' && sharesBy(one) === undefined;

function sharesBy(traffic: Traffic): string | undefined {
  if (traffic.lever === 'global-accelerator-dials') return 'globalaccelerator.share-traffic';
  return recordPolicyOf(traffic) === 'weighted' ? 'route53.share-traffic' : undefined;
}

/** Customers stay where they are when they are to return by shares; who moves as a whole has nothing to hold. */
function holdsBy(traffic: Traffic): string | undefined {
  if (traffic.lever === 'global-accelerator-dials') return shiftBy[traffic.lever];
  if (recordPolicyOf(traffic) !== 'weighted') return undefined;
  return traffic.lever === 'health-check-inversion' ? 'route53.hold-by-weights' : MOVE_RECORDS;
}

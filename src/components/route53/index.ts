import { type KindOfComponent, ms } from '../verbs.ts';
import { setDials } from './accelerator/set-dials.ts';
import { shareByDials } from './accelerator/share-traffic.ts';
import { discoverNames } from './discover.ts';
import { route53Example } from './example.ts';
import { leverFits } from './fits.ts';
import { publicNameLook } from './looks/records.ts';
import { routingControlsLook } from './looks/routing-controls.ts';
import { baseline } from './probe/baseline.ts';
import { verifyService } from './probe/verify-service.ts';
import { setRoutingControls } from './routing-controls/set-routing-controls.ts';
import { endpointRegions, recordPolicyOf, type Traffic } from './schema.ts';
import { holdByWeights } from './steps/hold-by-weights.ts';
import { invertHealthCheck } from './steps/invert-health-check.ts';
import { shareTraffic } from './steps/share-traffic.ts';
import { swapFailoverRecords } from './steps/swap-failover-records.ts';
import { weightRecords } from './steps/weight-records.ts';

const MINUTE = 60_000;

const SHARED = 'records: weighted, or the lever global-accelerator-dials, in traffic of the topology';

/** A public name in Route 53, and its lever. */
export const route53: KindOfComponent<'route53'> = {
  kind: 'route53',
  group: 'traffic',
  title: 'a public name in Route 53',
  wants: { 'traffic.share': SHARED, 'traffic.hold': SHARED },
  verbs: {
    'traffic.look': (_, { lasts }) => [
      { uses: 'probe.baseline', with: { lasts: ms(lasts) }, deadlineMs: lasts + 2 * MINUTE },
    ],
    'traffic.shift': ({ lever }, { to }) => [{ uses: shiftBy[lever], with: { to }, deadlineMs: 5 * MINUTE }],
    'traffic.share': (traffic, given) => {
      const uses = sharesBy(traffic);
      return uses === undefined ? [] : [{ uses, with: given }];
    },
    'traffic.hold': (traffic) => {
      const uses = holdsBy(traffic);
      return uses === undefined ? [] : [{ uses }];
    },
    'traffic.prove': (_, given) => [
      {
        uses: 'probe.verify-service',
        with: { in: given.in, lasts: ms(given.lasts), errorRate: `${given.errorRate * 100} %`, p95: ms(given.p95) },
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
    swapFailoverRecords,
    weightRecords,
  ],
  looks: { 'public-name': publicNameLook, 'routing-controls': routingControlsLook },
  discovery: { title: 'public names', discover: discoverNames },
  example: route53Example,
  fits: (one, _, path) => leverFits(one, path),
  regions: endpointRegions,
};

const shiftBy: Record<Traffic['lever'], string> = {
  'health-check-inversion': 'route53.invert-health-check',
  'weighted-records': 'route53.weight-records',
  'failover-records': 'route53.swap-failover-records',
  'arc-routing-controls': 'arc.set-routing-controls',
  'global-accelerator-dials': 'globalaccelerator.set-dials',
};

function sharesBy(traffic: Traffic): string | undefined {
  if (traffic.lever === 'global-accelerator-dials') return 'globalaccelerator.share-traffic';
  return recordPolicyOf(traffic) === 'weighted' ? 'route53.share-traffic' : undefined;
}

function holdsBy(traffic: Traffic): string | undefined {
  if (traffic.lever === 'global-accelerator-dials') return shiftBy[traffic.lever];
  if (recordPolicyOf(traffic) !== 'weighted') return undefined;
  return traffic.lever === 'health-check-inversion' ? 'route53.hold-by-weights' : 'route53.weight-records';
}

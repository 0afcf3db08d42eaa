import * as z from 'zod';
import { recordPolicyOf, type Traffic } from '../../components/route53/schema.ts';
import { type Asked, component, shiftGiven } from '../given.ts';
import { shareGiven } from './share.ts';

/** A name by which a drill file asks for whichever step does it on this topology. */
interface ByLever {
  /** What may stand in `with`. */
  schema: z.ZodType;
  /** The kind of step; undefined where the topology's lever cannot do it. */
  kindOn(traffic: Traffic): string | undefined;
}

const shiftBy: Record<Traffic['lever'], string> = {
  'health-check-inversion': 'route53.invert-health-check',
  'weighted-records': 'route53.weight-records',
  'failover-records': 'route53.swap-failover-records',
  'arc-routing-controls': 'arc.set-routing-controls',
  'global-accelerator-dials': 'globalaccelerator.set-dials',
};

/** Steps that the topology's lever chooses, by their names. */
export const byLever: Readonly<Record<string, ByLever>> = {
  'traffic.hold': {
    schema: z.strictObject({}),
    kindOn: (traffic) => {
      if (traffic.lever === 'global-accelerator-dials') return shiftBy[traffic.lever];
      if (recordPolicyOf(traffic) !== 'weighted') return undefined;
      return traffic.lever === 'health-check-inversion' ? 'route53.hold-by-weights' : 'route53.weight-records';
    },
  },
  'traffic.share': {
    schema: shareGiven,
    kindOn: (traffic) => {
      if (traffic.lever === 'global-accelerator-dials') return 'globalaccelerator.share-traffic';
      return recordPolicyOf(traffic) === 'weighted' ? 'route53.share-traffic' : undefined;
    },
  },
  'traffic.shift': {
    schema: shiftGiven,
    kindOn: ({ lever }) => shiftBy[lever],
  },
};

/** The kind of step behind a name in a drill file; undefined where the topology has no lever that can do it. */
export const kindOf = (uses: string, around: Asked): string | undefined => {
  const chosen = byLever[uses];
  return chosen ? chosen.kindOn(component('route53', around)) : uses;
};

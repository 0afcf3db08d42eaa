import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Step {
  step: string;
  with?: object;
}

interface Phase {
  steps?: Step[];
  parallel?: Record<string, Step[]>;
}

interface DrillFile {
  phases: Phase[];
  cleanUp?: Step[];
}

interface Shortened {
  /** By the name of the step: what is in its `with` instead. */
  steps: Record<string, object>;
  /** Steps that the lab has nobody for. */
  without?: string[];
  /** At the top of the file. */
  more?: object;
}

/** A drill that ships, as the lab has time for: the same steps, on the lab's topology. */
function shortened(name: string, { steps, without = [], more = {} }: Shortened): object {
  const shipped = parse(readFileSync(`drills/${name}.yaml`, 'utf8')) as DrillFile;
  const known = new Set<string>();
  const edited = (all: Step[]): Step[] =>
    all
      .filter(({ step }) => !without.includes(step))
      .map((one) => {
        known.add(one.step);
        const instead = steps[one.step];
        return instead ? { ...one, with: { ...one.with, ...instead } } : one;
      });
  const phases = shipped.phases
    .map((phase) => ({
      ...phase,
      ...(phase.steps && { steps: edited(phase.steps) }),
      ...(phase.parallel && {
        parallel: Object.fromEntries(Object.entries(phase.parallel).map(([row, all]) => [row, edited(all)])),
      }),
    }))
    .filter((phase) => phase.parallel || (phase.steps?.length ?? 0) > 0);
  const unknown = Object.keys(steps).filter((step) => !known.has(step));
  if (unknown.length > 0) throw new Error(`${name} has no step ${unknown.join(', ')}`);
  return {
    ...shipped,
    phases,
    ...(shipped.cleanUp && { cleanUp: edited(shipped.cleanUp) }),
    topology: 'topology.yaml',
    ...more,
  };
}

const PROBED = { probe: { every: '200 ms', timeout: '500 ms' }, heartbeat: { every: '100 ms' } };
const shift = { hold: '2 s', errorRate: '5 %', p95: '2 s' };
const verify = { lasts: '3 s' };

/** The drills that ship and are run in the lab, by their names. */
export const shippedDrills = (failure: object) => ({
  'database-failure': shortened('database-failure', {
    steps: {
      watch: { lasts: '2 s' },
      baseline: { lasts: '2 s' },
      'detect-failure': { every: '500 ms', timeout: '400 ms' },
      'verify-service': verify,
    },
    more: { ...PROBED, verification: verify, failure: { commands: failure }, consent: ['take-over'] },
  }),
  'planned-switchover': shortened('planned-switchover', {
    steps: {
      watch: { lasts: '2 s' },
      baseline: { lasts: '2 s' },
      'shift-25': shift,
      'shift-50': shift,
      'shift-75': shift,
      'shift-100': shift,
      'verify-service': verify,
    },
    without: ['approve'],
    more: { ...PROBED, verification: verify, consent: ['take-over'] },
  }),
  failback: shortened('failback', {
    steps: {
      watch: { lasts: '2 s' },
      baseline: { lasts: '2 s' },
      'return-10': { ...shift, over: '2 s' },
      'return-50': { ...shift, over: '2 s' },
      'return-100': { ...shift, over: '2 s' },
      'verify-service': verify,
    },
    without: ['approve'],
    more: {
      ...PROBED,
      heartbeat: { every: '100 ms', on: 'replica' },
      verification: verify,
      consent: ['take-over'],
    },
  }),
  'replica-promotion': shortened('replica-promotion', {
    steps: { write: { every: '100 ms', lasts: '2 s' } },
    // The lag comes from CloudWatch, whose minutes the lab does not hasten; the rows that are counted tell as well.
    without: ['wait'],
  }),
  'partial-restore': shortened('partial-restore', {
    steps: { write: { every: '100 ms', lasts: '8 s' } },
    without: ['approve'],
  }),
});

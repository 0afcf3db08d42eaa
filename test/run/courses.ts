import type { Entry } from '../../src/journal/events.ts';
import { awsError, named } from '../../src/simulator/faults.ts';
import { PAIR } from './drill.ts';
import type { Account } from './prepared-account.ts';

/** One course through a machine: a drill file, with settings, in an account that may be strange. */
export interface Course {
  path: string;
  overrides?: string[];
  account?: Account;
  /** A person aborts as soon as such an entry has been written. */
  abortsAt?: (entry: Entry) => boolean;
}

/** Where customers come to the primary region. */
const PRIMARY_DOOR = '203.0.113.10';

const ASKS = 'approval={ roles: [incident commander], each: 5 min }';
const PROTECTS = [
  'protection={}',
  'topology.data.orders.nextReplica={ region: ap-northeast-1, identifier: next, class: db.r6g.xlarge, parameterGroup: p, subnetGroup: s, securityGroups: [sg-0a1b2c3d] }',
];
const failover = 'drills/multi-region-failover.yaml';
const snapshot = 'drills/snapshot-restore.yaml';
const ownFailover = 'test/drill/fixtures/own-failover.yaml';
const ownRestore = 'test/drill/fixtures/own-restore.yaml';

const partition = 'drills/network-partition.yaml';
const seenBy = (third: string): string[] => [`simulation.partition.thirdSees=${third}`];

const HOLDS = ['onFailure=hold', 'simulation.restore.fails=true'];

/** A failure that was asked for, and never came. */
export const NOTHING_BREAKS: Account = {
  portsThrough: (ports) => ({ ...ports, failure: { ...ports.failure, inject: async () => undefined } }),
};

/** What is lost are the doors of the primary region alone: nobody can ask its writer, and RDS calls it well. */
const DOORS_LOST: Account = {
  withoutLogin: true,
  portsThrough(ports) {
    let isLost = false;
    const inject = async () => {
      isLost = true;
      return undefined;
    };
    const request: typeof ports.http.request = (asked, signal) =>
      isLost && asked.address === PRIMARY_DOOR
        ? Promise.reject(named('ConnectionFailed', `Nobody listens at ${asked.address}.`))
        : ports.http.request(asked, signal);
    return { ...ports, failure: { ...ports.failure, inject }, http: { ...ports.http, request } };
  },
};

/** The same, but every second request fails, as the shop's metric says; or nobody may read it. */
const metricSays = (value: number | Error): Account => ({
  ...NOTHING_BREAKS,
  through: (transport) => ({
    async send(service, region, operation, input, signal) {
      const isMetric = operation === 'GetMetricData' && JSON.stringify(input).includes('ErrorRate');
      if (isMetric && value instanceof Error) throw value;
      const answer = await transport.send(service, region, operation, input, signal);
      if (isMetric)
        (answer as { MetricDataResults: { Values: number[] }[] }).MetricDataResults[0]?.Values.fill(value as number);
      return answer;
    },
  }),
});

/** Services behind the door are down, and all else is well. */
export const degraded = (services: string, errors: string): string[] => [
  `failure={ kind: degradation, services: [${services}] }`,
  `simulation.degradation.errors=${errors}`,
];

const pointing = (entry: Entry) => entry.type === 'step-applied' && entry.step === 'point-applications/shop';

/** A port answers late during a phase, so that what is done beside it there ends sooner. */
function late(port: 'http' | 'kubernetes', phase: string): Account {
  let isIn = false;
  return {
    onEntry(entry) {
      if (entry.type === 'phase-entered') isIn = entry.phase === phase;
    },
    portsThrough: (ports, clock) => {
      const slow = new Proxy(ports[port] as object, {
        get: (target, key) => {
          const own = Reflect.get(target, key);
          // What only some ports have stays away.
          if (typeof own !== 'function') return own;
          return async (...asked: unknown[]) => {
            if (isIn) await clock.sleep(70_000);
            return own.apply(target, asked);
          };
        },
      });
      return { ...ports, [port]: slow };
    },
  };
}

/** Aborts at the line behind the end of a step: its branch has ended by then. */
function behind(step: string): (entry: Entry) => boolean {
  let hasEnded = false;
  return (entry) => {
    if (hasEnded) return true;
    hasEnded = entry.type === 'step-ended' && entry.step === step;
    return false;
  };
}

/** Of what is done side by side, the other one ends first. */
const otherFirst = (path: string, verified: string, overrides: string[] = []): Course[] => [
  { path, overrides, account: late('http', 'baseline') },
  { path, overrides, account: late('http', 'baseline'), abortsAt: behind('baseline/orders') },
  { path, overrides, account: late('kubernetes', 'verify') },
  { path, overrides, account: late('kubernetes', 'verify'), abortsAt: behind(verified) },
];

/** With several data stores side by side there are more ways than can be tried: `course.test.ts` has those. */
const onPair = (course: Course): Course => ({ ...course, overrides: [PAIR, ...(course.overrides ?? [])] });

const onPairs = ({ machine, tried: [first, ...others], besides }: Tried): Tried => ({
  machine,
  tried: [onPair(first), ...others.map(onPair)],
  besides: besides.map(onPair),
});

interface Tried {
  machine: string;
  tried: [Course, ...Course[]];
  besides: Course[];
}

/** For each machine the drills whose every step is tried, and what no step's failure leads to. */
export const machines: Tried[] = [
  onPairs({
    machine: 'multi-region-failover',
    tried: [
      { path: failover },
      { path: failover, overrides: [ASKS, 'simulation.promotion.takes=4 min'] },
      { path: failover, overrides: PROTECTS },
      { path: failover, overrides: ['protection={ replica: false }'] },
    ],
    besides: [
      ...[[], [ASKS]].flatMap((overrides) => [
        { path: failover, overrides, account: { withoutLogin: true } as const },
        { path: failover, overrides, account: DOORS_LOST },
        { path: failover, overrides, account: metricSays(0.5) },
      ]),
      { path: failover, account: NOTHING_BREAKS },
      ...otherFirst(failover, 'verify/public'),
      { path: failover, overrides: degraded('order-service, customer-service', '7 %') },
      { path: failover, overrides: [...degraded('product-service', '1 %'), 'simulation.degradation.slowdown=40'] },
      { path: failover, overrides: degraded('order-service', '2 %') },
      { path: failover, account: metricSays(awsError('AccessDenied', 'denied')) },
    ],
  }),
  onPairs({
    machine: 'network-partition',
    tried: [
      { path: partition },
      { path: partition, overrides: seenBy('recovery') },
      { path: partition, overrides: [...seenBy('recovery'), 'simulation.promotion.takes=4 min'] },
    ],
    besides: [
      { path: partition, overrides: seenBy('neither') },
      ...otherFirst(partition, 'verify-home/public'),
      ...otherFirst(partition, 'verify/public', seenBy('recovery')),
    ],
  }),
  {
    machine: 'backup-restore',
    tried: [{ path: 'drills/point-in-time-restore.yaml' }, { path: snapshot, overrides: ['afterwards=switch-over'] }],
    besides: [
      { path: snapshot, overrides: ['simulation.data.orphanOrders=2'] },
      { path: snapshot, overrides: ['afterwards=switch-over', 'simulation.pods.neverReady=true'] },
      { path: snapshot, overrides: ['afterwards=switch-over'], abortsAt: pointing },
    ],
  },
  {
    machine: 'custom, failing over',
    tried: [{ path: ownFailover }, { path: ownFailover, overrides: ['simulation.promotion.takes=4 min'] }],
    besides: [
      { path: ownFailover, account: metricSays(awsError('AccessDenied', 'denied')) },
      { path: ownFailover, account: NOTHING_BREAKS },
    ],
  },
  {
    machine: 'custom, restoring',
    tried: [{ path: ownRestore }],
    besides: [
      { path: ownRestore, overrides: HOLDS },
      { path: ownRestore, overrides: HOLDS, abortsAt: ({ type }) => type === 'held' },
    ],
  },
];

import type { Drill } from '../drill/drill.ts';
import { inWords } from '../duration.ts';

/** What the drill file says, or leaves to defaults, of how the drill watches and decides: a name and words for each. */
export function settingsOf(drill: Drill): [name: string, words: string][] {
  const { machine } = drill;
  if (machine === 'custom') return [];
  if (machine === 'backup-restore')
    return [
      [
        'restores',
        `${recoveryPoint(drill.recoveryPoint)}, as ${drill.restored.identifier}; afterwards: ${drill.afterwards}`,
      ],
    ];
  const { baseline, probe, heartbeat, verification } = drill;
  const errors = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
  return [
    ['baseline', inWords(baseline.lasts)],
    [
      'watches',
      `${probe.customers} customers of each name every ${inWords(probe.every)}; heartbeat rows every ${inWords(heartbeat.every)}`,
    ],
    ...(machine === 'multi-region-failover'
      ? [
          [
            'detects',
            `${drill.detection.failures} failed checks in a row, every ${inWords(drill.detection.every)}; fails over above ${errors(drill.decision.errorRate)} errors`,
          ] as [string, string],
        ]
      : []),
    [
      'verifies',
      `${inWords(verification.lasts)}, at most ${errors(verification.errorRate)} errors, p95 ${inWords(verification.p95)}`,
    ],
  ];
}

type Point = Extract<Drill, { machine: 'backup-restore' }>['recoveryPoint'];

const recoveryPoint = (point: Point): string =>
  point.from === 'snapshot'
    ? `the newest snapshot, at most ${inWords(point.maxAge)} old`
    : point.before === 0
      ? 'to the latest restorable time'
      : `to ${inWords(point.before)} before the latest restorable time`;

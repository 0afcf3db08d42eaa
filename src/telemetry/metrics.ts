import { isAsFiled, type RunRecord } from '../history/record.ts';

/** One value of a metric. */
export interface Metric {
  name: string;
  unit: 's' | '1';
  value: number;
  attributes: Record<string, string>;
}

/** What is measured of drills, by the names that dashboards and alarms use. */
export const METRICS = {
  rto: { name: 'dr_drill_rto_seconds', unit: 's', about: 'Recovery time of the last run' },
  rtoTarget: { name: 'dr_drill_rto_target_seconds', unit: 's', about: 'Target for the recovery time' },
  rpo: { name: 'dr_drill_rpo_seconds', unit: 's', about: 'Data loss of the last run' },
  rpoTarget: { name: 'dr_drill_rpo_target_seconds', unit: 's', about: 'Target for the data loss' },
  step: { name: 'dr_drill_step_seconds', unit: 's', about: 'How long each step of the last run took' },
  outcome: { name: 'dr_drill_outcome', unit: '1', about: 'A run has ended with this outcome' },
  missed: { name: 'dr_drill_missed', unit: '1', about: '1 where a target was missed or not shown to be met' },
  failed: { name: 'dr_drill_failed', unit: '1', about: '1 where a step failed' },
  overdue: { name: 'dr_drill_overdue', unit: '1', about: '1 where a drill of the schedule is overdue' },
} as const satisfies Record<string, { name: string; unit: Metric['unit']; about: string }>;

/** The metrics of a run that has ended. A figure that is not known has no value. */
export function metricsOf(record: RunRecord, mark: string): Metric[] {
  const { drill, rtoMs, rpoMs, targets, steps, outcome, met } = record;
  const attributes = {
    drill,
    mark,
    as_filed: String(isAsFiled(record) && record.simulationChanges.length === 0),
  };
  const metric = (of: keyof typeof METRICS, value: number | null, more: Record<string, string> = {}): Metric[] => {
    const { name, unit } = METRICS[of];
    return value === null ? [] : [{ name, unit, value, attributes: { ...attributes, ...more } }];
  };
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  return [
    ...metric('rto', seconds(rtoMs)),
    ...metric('rtoTarget', seconds(targets.rto)),
    ...metric('rpo', seconds(rpoMs)),
    ...metric('rpoTarget', seconds(targets.rpo)),
    ...Object.entries(steps).flatMap(([step, ms]) => metric('step', seconds(ms), { step })),
    ...metric('outcome', 1, { outcome }),
    ...metric('missed', Number(!met)),
    ...metric('failed', Number(outcome === 'failed' || outcome === 'rolled-back')),
  ];
}

/** Whether each drill of a schedule is overdue; where it stands there more than once, whether one of them is. */
export function overdueMetrics(schedule: string, standings: readonly { drill: string; state: string }[]): Metric[] {
  const overdue = new Set(standings.filter(({ state }) => state === 'overdue').map(({ drill }) => drill));
  const { name, unit } = METRICS.overdue;
  return [...new Set(standings.map(({ drill }) => drill))].map((drill) => ({
    name,
    unit,
    value: Number(overdue.has(drill)),
    attributes: { drill, schedule },
  }));
}

import type { Part } from '../../state-machines/course.ts';
import { kindsThatDo } from '../components/index.ts';
import { ms, percent } from '../components/verbs.ts';
import { allComponents, TopologyLacks } from '../drill/components.ts';
import type { RestoreDrill } from '../drill/drill.ts';
import { restoredAs, restoredStore } from '../drill/restored.ts';
import type { Topology } from '../drill/topology.ts';
import { runbookSteps } from './course-steps.ts';
import type { Runbook } from './form.ts';
import { type Line, linesOn } from './lines.ts';

const MINUTE = 60_000;

/** A restore on this topology, by what its data store does for each verb. */
export function restoreRunbook(drill: RestoreDrill, topology: Topology): Runbook {
  const { recoveryPoint, heartbeat, dataChecks, approval } = drill;
  const store = storeOf(drill, topology);
  const lines = linesOn(topology, store);
  const row = (...line: Line[]): Part => ({ row: line.map((one) => lines.part(one)) });
  const as = restoredAs(drill, topology);
  const keep = drill.afterwards === 'switch-over';
  const point = 'choose-recovery-point';

  row({
    step: 'write-heartbeats',
    uses: 'data.write-heartbeats',
    with: { every: ms(heartbeat.every), lasts: ms(heartbeat.lasts) },
    deadline: heartbeat.lasts + 2 * MINUTE,
  });
  const choose = row({ step: point, uses: 'data.choose-recovery-point', with: pointOf(recoveryPoint) });
  row({ step: 'count-source', uses: 'data.count-rows', with: { point }, deadline: 5 * MINUTE });
  const approve =
    approval &&
    row({
      step: 'approve',
      uses: 'people.approve',
      with: { ...approval, question: questionOf(drill, store, as), each: ms(approval.each) },
      deadline: approval.roles.length * approval.each + MINUTE,
    });
  const restore = row({ step: 'restore', uses: 'data.restore', with: { point, as, keep } });
  row(
    { step: 'wait-until-usable', uses: 'data.wait-until-usable', with: { instance: as } },
    {
      step: 'check-data',
      uses: 'data.check-data',
      with: { instance: as, expected: 'count-source', tolerance: percent(dataChecks.rowCountTolerance) },
      deadline: 15 * MINUTE,
    },
    {
      step: 'count-heartbeats',
      uses: 'data.count-heartbeats',
      with: { on: 'writer', instance: as },
      deadline: MINUTE,
    },
  );
  const switchOver =
    keep &&
    row(
      { step: 'fence-writer', uses: 'data.fence', with: { alone: true } },
      {
        step: 'point-applications',
        uses: 'compute.point',
        with: { in: 'primary', writer: 'restore' },
        deadline: 10 * MINUTE,
      },
    );
  if (switchOver && !lines.steps.some(({ step }) => step.startsWith('point-applications/')))
    throw new TopologyLacks(`compute that uses ${store}`);
  const cleanUp = row({ step: 'delete-restored', uses: 'data.discard', with: { as } });
  return {
    lines: lines.asked,
    course: {
      machine: 'backup-restore',
      choose,
      ...(approve && { approve }),
      restore,
      ...(switchOver && { switchOver }),
      cleanUp,
    },
    steps: runbookSteps(lines.steps, drill, topology),
    watches: {},
  };
}

const questionOf = ({ recoveryPoint, afterwards }: RestoreDrill, store: string, as: string): string => {
  const from = recoveryPoint.from === 'snapshot' ? 'its newest snapshot' : 'a point in time';
  const then = afterwards === 'switch-over' ? ', and make that the writer' : '';
  return `Restore ${store} from ${from} as ${as}${then}?`;
};

/** The data store that is restored; fails where there is none. */
function storeOf(drill: RestoreDrill, topology: Topology): string {
  const { of } = drill;
  const store = restoredStore(drill, topology);
  if (store !== undefined) return store;
  if (of !== undefined && !allComponents(topology).some(({ id }) => id === of)) throw new TopologyLacks(of);
  throw new TopologyLacks('data store that can be restored', kindsThatDo('data.restore'));
}

const pointOf = (point: RestoreDrill['recoveryPoint']): Record<string, unknown> =>
  point.from === 'snapshot'
    ? { from: point.from, maxAge: ms(point.maxAge), ...(point.types && { types: point.types }) }
    : { from: point.from, before: ms(point.before) };

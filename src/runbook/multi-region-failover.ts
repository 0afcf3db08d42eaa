import type { Part } from '../../state-machines/course.ts';
import { objectOf } from '../components/index.ts';
import { sqlOf } from '../components/schemas.ts';
import { ms } from '../components/verbs.ts';
import { allComponents, componentsBehind } from '../drill/components.ts';
import type { FailoverDrill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { decidersOf, ESCALATION } from '../steps/people/asking.ts';
import { runbookSteps } from './course-steps.ts';
import { decidersIn } from './deciders.ts';
import { type Runbook, stepOf } from './form.ts';
import { besides, linesOn } from './lines.ts';
import { baselineOf, provenOf, shiftOf, takeOverOf } from './take-over.ts';
import { heartbeatWatches, keptWatches, leverWatch, nameWatches } from './watches.ts';

const MINUTE = 60_000;

export { ESCALATION };

/** A multi-region failover on this topology: every component takes part, each in its own way. */
export function failoverRunbook(drill: FailoverDrill, topology: Topology): Runbook {
  const { regions } = topology;
  const { detection, decision, failure, protection } = drill;
  const lines = linesOn(topology);
  const approval = drill.approval ?? ESCALATION;
  const baseline = baselineOf(drill, lines);
  lines.part({
    step: 'bring-about-failure',
    uses: 'failure.bring-about',
    with: { ...failureOf(failure) },
    deadline: MINUTE,
  });
  lines.part({
    step: 'detect-failure',
    uses: 'probe.detect-failure',
    with: {
      every: ms(detection.every),
      failures: detection.failures,
      timeout: ms(detection.timeout),
      errorRate: `${decision.errorRate * 100} %`,
      p95: ms(decision.p95),
      within: ms(detection.within),
      mustFind: false,
    },
    deadline: 10 * MINUTE,
  });
  const validate = validateStep(drill, topology);
  const execute = takeOverOf(lines, { allow: false });
  const shift = shiftOf(lines);
  const { verify, check } = provenOf(drill, lines, { protected: protection !== undefined, fenced: true, holds: true });
  const protect: Part = protection
    ? besides(
        lines.branches({
          step: 'protect',
          uses: 'data.protect',
          with: { multiAz: protection.multiAz, replica: protection.replica },
        }),
      )
    : { row: [] };
  const { steps } = lines;
  const always = { ...nameWatches(drill, topology), ...heartbeatWatches(drill, topology, steps) };
  const failover = { ...keptWatches(drill, topology, steps), ...leverWatch(steps) };
  return {
    lines: lines.asked,
    course: {
      machine: 'multi-region-failover',
      baseline,
      execute,
      shift,
      verify: { row: [verify, check] },
      protect,
      watches: { always: Object.keys(always), failover: Object.keys(failover) },
    },
    steps: {
      ...runbookSteps(steps, drill, topology),
      'validate-recovery': validate,
      'approve-failover': stepOf('people.approve', approval.roles.length * approval.each + MINUTE, {
        question: `Fail over from ${regions.primary} to ${regions.recovery}?`,
        people: approval.people,
        roles: approval.roles,
        eachMs: approval.each,
        otherwise: approval.otherwise,
      }),
    },
    watches: { ...always, ...failover },
  };
}

const failureOf = ({ kind, services }: FailoverDrill['failure']) => ({ kind, ...(services && { services }) });

/** What waits in the recovery region is looked at again before it takes over. */
const validateStep = (drill: FailoverDrill, topology: Topology) =>
  stepOf('account.validate-recovery', MINUTE, {
    account: topology.account,
    region: topology.regions.recovery,
    // A store that customers can do without holds nobody up.
    needs: allComponents(topology)
      .filter((one) => !('essential' in one) || one.essential)
      .flatMap((one) => objectOf(one).standby?.(one as never, 'recovery', topology.regions) ?? []),
    followers: componentsBehind('sql', topology)
      .filter(({ essential }) => essential)
      .map((one) => ({ kind: one.kind, instance: sqlOf(one).recovery })),
    lagMaxMs: drill.limits.replicationLag,
    deciders: decidersOf(decidersIn(drill)),
  });

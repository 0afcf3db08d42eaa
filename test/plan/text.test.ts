import { expect, test } from 'vitest';
import { planCommand } from '../../src/cli/plan.ts';
import { stepsOf } from '../../src/plan/planned.ts';
import { planLines } from '../../src/plan/text.ts';
import { FAILOVER, POINT_IN_TIME, planFor, SNAPSHOT } from './drills.ts';

const drills = [FAILOVER, SNAPSHOT, POINT_IN_TIME];
const plain = { colour: false };

test.each(drills)('every command has a line to itself: %s', (path) => {
  const plan = planFor(path);
  const lines = planLines(plan, plain).map((line) => line.trim());
  for (const { command } of stepsOf(plan.phases)) expect(lines).toContain(command);
});

test.each(drills)('all other lines stay within 110 columns: %s', (path) => {
  const plan = planFor(path);
  const commands = [...stepsOf(plan.phases), ...plan.ifAStepFails.afterwards].map(({ command }) => command);
  const wide = planLines(plan, plain).filter((line) => line.length > 110 && !commands.includes(line.trim()));
  expect(wide).toEqual([]);
});

test('the figure has its label and is compared with the target', () => {
  const text = planLines(planFor(FAILOVER), plain).join('\n');
  expect(text).toMatch(
    /ESTIMATED RECOVERY {2}estimate for planning.*never a measurement\n\n {2}.*to spare within the RTO of 5 min/,
  );
  const missed = planLines(planFor(FAILOVER, 'targets.rto=3 min', 'topology.objective.rto=5 min'), plain).join('\n');
  expect(missed).toMatch(/over the RTO of 3 min\n.*to spare within the platform's objective of 5 min/);
});

test('changes stand apart from reads, and what cannot be undone is said', () => {
  const text = planLines(planFor(FAILOVER), plain).join('\n');
  expect(text).toMatch(
    /take-over\/orders .*\n.*\n +reads +rds:DescribeDBInstances\n +changes +rds:PromoteReadReplica\n +no return +a promoted/,
  );
});

test('colour changes nothing but the colour, and comes only where it is wanted', () => {
  const plan = planFor(FAILOVER);
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  const coloured = planLines(plan, { colour: true }).join('\n');
  expect(coloured).toMatch(escapes);
  expect(coloured.replace(escapes, '')).toBe(planLines(plan, plain).join('\n'));
});

test('--json gives the model, with the unit in the name of every duration', () => {
  let out = '';
  const asIs = (text: string) => {
    out += text;
  };
  const terminal = { out: asIs, asIs, err: () => {}, colour: true, interactive: false };
  expect(planCommand(FAILOVER, { set: ['targets.rto=4 min'], json: true }, terminal)).toBe(0);
  const plan = JSON.parse(out);
  expect(plan).toEqual(JSON.parse(JSON.stringify(planFor(FAILOVER, 'targets.rto=4 min'))));
  expect(plan.targets).toEqual({ rtoMs: 240_000, rpoMs: 60_000 });
  const unitless: string[] = [];
  JSON.stringify(plan, (key, value) => {
    if (typeof value === 'number' && key !== 'format' && !key.endsWith('Ms')) unitless.push(key);
    return value;
  });
  expect(unitless).toEqual([]);
});

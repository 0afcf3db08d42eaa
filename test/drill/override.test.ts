import { expect, test } from 'vitest';
import { componentOf } from '../../src/drill/components.ts';
import { formatMistakes } from '../../src/drill/format-mistakes.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { drillText, mistakesOf, scratch, shippedTopology } from './files.ts';

const { write } = scratch();
const file = 'drills/multi-region-failover.yaml';

test('values are set in the drill and in its topology', () => {
  const { drill, topology } = loadDrill(file, {
    overrides: [
      'simulation.promotion.takes=4 min',
      'targets.rto=3 min',
      'simulation.throttling=[{service: rds, calls: 5}]',
      'simulation.throttling.0.calls=6',
      'topology.traffic.public.lever=weighted-records',
      'title="a = b"',
    ],
  });
  expect(drill.simulation.promotion).toEqual({ takes: 240_000, fails: false });
  expect(drill.targets).toEqual({ rto: 180_000, rpo: 60_000 });
  expect(drill.simulation.throttling).toEqual([{ service: 'rds', calls: 6 }]);
  expect(drill.title).toBe('a = b');
  expect(componentOf(topology, 'route53').lever).toBe('weighted-records');
});

test('the topology itself can be another, relative to the working directory', () => {
  const path = write('drill.yaml', drillText().replace(shippedTopology, 'nowhere.yaml'));
  const overrides = ['topology=drills/topologies/ecommerce-platform.yaml'];
  expect(loadDrill(path, { overrides }).topologyPath).toBe('drills/topologies/ecommerce-platform.yaml');
});

test('an override fixes what is wrong in the file', () => {
  const path = write('drill.yaml', drillText().replace('rto: 5 min', 'rto: 5'));
  expect(mistakesOf(path)).toHaveLength(1);
  expect(mistakesOf(path, { overrides: ['targets.rto=5 min'] })).toEqual([]);
});

test.each([
  'consent=[take-over]',
  'failure={ kind: writer-loss, commands: { inject: rm } }',
  'failure.commands.inject=rm -rf /',
  'topology.account="999988887777"',
  'steps=[evil.ts]',
  'steps.0=evil.ts',
  'phases=[]',
  'phases.0.steps.0.with.command=rm',
  'cleanUp=[]',
  'of=[other.yaml]',
])('no option can give %s', (override) => {
  const [mistake] = mistakesOf(file, { overrides: [override] });
  expect(mistake?.message).toContain('cannot be set by an option');
});

test.each([
  ['simulation.promotion.taks=4 min', "unknown key 'taks' in simulation.promotion", 'takes'],
  ['targets.rot=4 min', "unknown key 'rot' in targets", 'rto'],
  ['targets.rto=4 minutes', "targets.rto cannot be '4 minutes'", '4 min'],
  ['targets.rto=0', 'targets.rto cannot be 0', undefined],
  ['targets.rto={ toString: 1 }', "targets.rto cannot be '{ toString: 1 }'", undefined],
  ['topology.data.orders.kind={ toString: 1 }', "data.orders.kind cannot be '{ toString: 1 }'", undefined],
  ['topology.traffic.public.lever={ toString: 1 }', "traffic.public.lever cannot be '{ toString: 1 }'", undefined],
  ['targets.rto=', 'targets.rto has no value', undefined],
  ['targets.rto.x=1', "targets.rto cannot be '1'", undefined],
  ['topology.traffic.public.levr=x', "unknown key 'levr' in traffic.public", 'lever'],
  ['topology.traffic.public.lever=weighted', "traffic.public.lever cannot be 'weighted'", undefined],
  ['simulation.throttling=[{service: rdz, calls: 1}]', "simulation.throttling.0.service cannot be 'rdz'", 'rds'],
  ['simulation.throttling=[{', 'a bracket is still open', undefined],
  ['targets.rto', 'this sets nothing', undefined],
  ['=3 min', 'this sets nothing', undefined],
  ['a..b=1', 'this sets nothing', undefined],
  ['__proto__.polluted=1', 'this sets nothing', undefined],
  ['constructor.prototype=1', "unknown key 'constructor'", undefined],
  ['topology=nowhere.yaml', 'there is no topology file nowhere.yaml', undefined],
])('--set %s is told as the option', (override, message, suggestion) => {
  const mistakes = mistakesOf(file, { overrides: [override] });
  expect(mistakes[0]).toMatchObject({ file: `--set ${override}`, message });
  if (suggestion) expect(mistakes[0]?.suggestion).toBe(suggestion);
  expect(mistakes).toHaveLength(1);
});

test('the option is printed in the place of file, line and column', () => {
  const mistakes = mistakesOf(file, { overrides: ['simulation.promotion.taks=4 min'] });
  expect(formatMistakes(mistakes, { colour: false })).toBe(
    [
      "--set simulation.promotion.taks=4 min  unknown key 'taks' in simulation.promotion",
      '  expected one of takes, fails, backup, of',
      '  did you mean takes?',
      '',
    ].join('\n'),
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DrillFileError } from '../../src/drill/drill-file-error.ts';
import { loadDrill, loadTopology } from '../../src/drill/load.ts';
import { validateFile } from '../../src/drill/validate.ts';
import { drillText, mistakesOf, scratch, shippedDrills, shippedTopology } from './files.ts';

const { path: folder, write } = scratch();

function changed(from: string, to: string, file?: string): string {
  const text = drillText(file);
  expect(text).toContain(from);
  return write('drill.yaml', text.replace(from, to));
}

/** A drill on the shipped topology with a change. */
function onTopology(from: string, to: string): string {
  const text = readFileSync(shippedTopology, 'utf8');
  expect(text).toContain(from);
  const path = write('topology.yaml', text.replace(from, to));
  return write('drill.yaml', drillText().replace(shippedTopology, path));
}

test.each(shippedDrills)('%s loads', (path) => {
  const { drill, topology, drillPath, topologyPath } = loadDrill(path);
  expect(drill.targets.rto).toBeGreaterThan(0);
  expect(topology.topology).toBe('ecommerce-platform');
  expect({ drillPath, topologyPath }).toEqual({
    drillPath: path,
    topologyPath: 'drills/topologies/ecommerce-platform.yaml',
  });
});

test('every mistake of a file comes at once, in order', () => {
  const text = drillText()
    .replace('machine: multi-region-failover', 'machine: multi-region-failovr')
    .replace('rto: 5 min', 'rto: 5 minutes')
    .replace('heartbeat: { every', 'heartbeat: { evry')
    .replace('errorRate: 10 %', 'errorRate: 10')
    .replace(', rpo: 1 min', '');
  expect(mistakesOf(write('drill.yaml', text))).toMatchObject([
    {
      line: 4,
      column: 10,
      message: "machine cannot be 'multi-region-failovr'",
      expected: 'one of multi-region-failover, network-partition, backup-restore, custom, surprise',
      suggestion: 'multi-region-failover',
    },
    { line: 7, message: "targets lacks the key 'rpo'" },
    { line: 7, column: 17, message: "targets.rto cannot be '5 minutes'", suggestion: '5 min' },
    { line: 14, column: 14, message: "unknown key 'evry' in heartbeat", suggestion: 'every' },
    { line: 16, column: 24, message: "decision.errorRate cannot be '10'", expected: 'a percentage, such as 0.1 %' },
  ]);
});

test('an unknown machine far from all lists the machines, and still the mistakes that each would have', () => {
  const text = drillText().replace('machine: multi-region-failover', 'machine: juggling').replace('rto: 5', 'rot: 5');
  const mistakes = mistakesOf(write('drill.yaml', text));
  expect(mistakes).toMatchObject([
    {
      message: "machine cannot be 'juggling'",
      expected: 'one of multi-region-failover, network-partition, backup-restore, custom, surprise',
    },
    { message: "unknown key 'rot' in targets", suggestion: 'rto' },
  ]);
  expect(mistakes[0]).not.toHaveProperty('suggestion');
});

test('what only one machine must have is no mistake of a file whose machine is not known', () => {
  const text = drillText('drills/snapshot-restore.yaml').replace('machine: backup-restore', 'machine: juggling');
  expect(mistakesOf(write('drill.yaml', text)).map(({ message }) => message)).toEqual(["machine cannot be 'juggling'"]);
});

test.each([
  ['kind: region-outage', 'kind: region-outge', 'failure.kind', 10, 9, 'region-outage'],
  ['onFailure: roll-back', 'onFailure: rollback', 'onFailure', 24, 12, 'roll-back'],
  ['timeout: 2 s', 'timeout: 2s ec', 'probe.timeout', 13, 31, undefined],
  ['failures: 3', 'failures: 0', 'detection.failures', 15, 37, undefined],
])('%s ↛ %s', (from, to, name, line, column, suggestion) => {
  const [mistake, ...others] = mistakesOf(changed(from, to));
  expect(others).toEqual([]);
  expect(mistake).toMatchObject({ line, column, message: expect.stringContaining(`${name} cannot be '`) });
  expect(mistake?.suggestion).toBe(suggestion);
});

test('a key without a value is told as such', () => {
  expect(mistakesOf(changed('{ replicationLag: 60 s }', '{ replicationLag: }'))).toMatchObject([
    { line: 17, column: 11, message: 'limits.replicationLag has no value' },
  ]);
});

test('an unknown recovery point names those there are', () => {
  expect(mistakesOf(changed('from: snapshot', 'from: snapshit', 'test/drill/fixtures/restore.yaml'))).toMatchObject([
    { line: 12, column: 9, expected: 'one of snapshot, point-in-time', suggestion: 'snapshot' },
  ]);
});

test.each([
  ['rto: 5 min', 'rto: 0', 'targets.rto cannot be 0', 7, 17],
  ['every: 1 s,', 'every: 0,', 'probe.every cannot be 0', 13, 17],
  ['timeout: 5 s', 'timeout: 11 s', 'detection.timeout is longer than detection.every', 15, 49],
  ['errorRate: 10 %', 'errorRate: 101 %', 'decision.errorRate is more than everything', 16, 24],
])('%s ↛ %s does not fit', (from, to, message, line, column) => {
  expect(mistakesOf(changed(from, to))).toMatchObject([{ message, line, column }]);
});

test("the platform's objective stands in the topology, and a drill file that has it is told where", () => {
  expect(mistakesOf(changed('targets:', 'objective: { rto: 5 min }\ntargets:'))).toMatchObject([
    { line: 7, column: 1, message: expect.stringContaining('objective is a key of the topology') },
  ]);
});

test('a recovery point objective of 0 is legal', () => {
  expect(mistakesOf(changed('rpo: 1 min', 'rpo: 0'))).toEqual([]);
});

test('a deadline must name a step of the machine', () => {
  const stepNames = () => ['take-over', 'take-over/orders', 'scale'];
  const vocabulary = {
    stepNames,
    lacking: () => [],
    takeInSteps: () => undefined,
    mistakesIn: () => [],
    partsOf: () => [],
    mistakesInOwnSteps: () => [],
  };
  expect(mistakesOf(changed('take-over: 10', 'take-ovre: 10'), { vocabulary })).toMatchObject([
    {
      line: 21,
      column: 3,
      message: "multi-region-failover has no step 'take-ovre'",
      expected: 'one of take-over, take-over/orders, scale',
      suggestion: 'take-over',
    },
  ]);
});

test.each([
  ['ecommerce-db-primary', "restored.identifier 'ecommerce-db-primary' is a name of the topology"],
  ['1st', 'restored.identifier is no name that RDS accepts'],
  ['a--b', 'restored.identifier is no name that RDS accepts'],
  ['a-', 'restored.identifier is no name that RDS accepts'],
  ['a'.repeat(64), 'restored.identifier is no name that RDS accepts'],
])('%s cannot be the restored instance', (identifier, message) => {
  const path = changed('ecommerce-db-restore-drill', identifier, 'test/drill/fixtures/restore.yaml');
  expect(mistakesOf(path)).toMatchObject([{ message, line: 15, column: 15 }]);
});

test('a missing topology is told at the line that names it', () => {
  const path = write('drill.yaml', drillText().replace('platform.yaml', 'platfrom.yaml'));
  expect(mistakesOf(path)).toMatchObject([
    { file: path, line: 5, column: 11, message: expect.stringMatching(/^there is no /), suggestion: shippedTopology },
  ]);
});

test.each([
  ['recovery: ap-northeast-1', 'recovery: ap-east-2', "regions.recovery is the same as the primary's"],
  ['198.51.100.20', '203.0.113.10', "traffic.public.recovery.address is the same as the primary's"],
  ['ecommerce-db-dr-replica', 'ecommerce-db-primary', "data.orders.replica.identifier is the same as the primary's"],
  [
    'setIdentifier: tokyo',
    'setIdentifier: taipei',
    "traffic.public.recovery.setIdentifier is the same as the primary's",
  ],
  ['{ min: 3, desired: 3', '{ min: 4, desired: 3', 'compute.shop.recovery.nodes: 4, 3, 30 are not in order'],
  [
    'healthCheck: 1',
    '# healthCheck: 1',
    "the lever health-check-inversion needs the key 'healthCheck' in traffic.public.primary",
  ],
  ['region: ap-southeast-1', 'region: ap-east-2', 'the witness is in ap-east-2, one of the two regions that it judges'],
  ['lease: 20 s', 'lease: 2 s', "witness.lease cannot be '2 s'"],
  ['"111122223333"', '111122223333', "account cannot be '111122223333'"],
  ['address: 198.51.100.20', 'address: 198.51.100', "traffic.public.recovery.address cannot be '198.51.100'"],
  ['[order-service, product-service]', '[order-servce]', "'order-servce' is no deployment of shop"],
  ['deployment: notifications', 'deployment: order-service', "there are two deployments 'order-service'"],
  ['group: notifications', 'group: order-fulfilment', "there are two groups 'order-fulfilment'"],
])('in a topology, %s ↛ %s', (from, to, message) => {
  expect(mistakesOf(onTopology(from, to))).toMatchObject([{ file: join(folder, 'topology.yaml'), message }]);
});

test('records can only exchange roles that they have, and each needs a check to be the primary one', () => {
  expect(mistakesOf(onTopology('lever: health-check-inversion', 'lever: failover-records'))).toMatchObject([
    { message: "the lever failover-records needs the key 'healthCheck' in both records" },
    { message: 'the lever failover-records exchanges failover records only' },
  ]);
});

test('a partition cannot be decided without a witness', () => {
  const without = readFileSync(shippedTopology, 'utf8').replace(/^witness:\n( .*\n)+/m, '');
  const topology = write('topology.yaml', without);
  expect(loadTopology(topology).witness).toBeUndefined();
  const partition = drillText('drills/network-partition.yaml').replace(shippedTopology, topology);
  expect(mistakesOf(write('partition.yaml', partition))).toMatchObject([
    { message: 'the topology ecommerce-platform has no witness, which this drill needs', line: 5 },
  ]);
});

test('the mistakes of both files come together, those of the drill first', () => {
  const drill = onTopology('ttl: 30 s', 'ttl: 30');
  const text = readFileSync(drill, 'utf8').replace('rto: 5 min', 'rto: 5');
  expect(mistakesOf(write('drill.yaml', text)).map(({ file, message }) => [file, message])).toEqual([
    [drill, "targets.rto cannot be '5'"],
    [join(folder, 'topology.yaml'), "traffic.public.ttl cannot be '30'"],
  ]);
});

test('the error names the first mistake and counts the rest', () => {
  const path = changed('{ rto: 5 min, rpo: 1 min }', '{ rto: 5, rpo: 1 }');
  expect(() => loadDrill(path)).toThrow(DrillFileError);
  expect(() => loadDrill(path)).toThrow(`${path}:7:17  targets.rto cannot be '5' (and 1 more)`);
});

test('a topology loads by itself', () => {
  expect(loadTopology(shippedTopology).regions).toEqual({ primary: 'ap-east-2', recovery: 'ap-northeast-1' });
  expect(() => loadTopology(write('no.yaml', 'topology: x'))).toThrow(DrillFileError);
});

test('a file says itself what it is', () => {
  expect(validateFile(shippedTopology)).toEqual({ path: shippedTopology, kind: 'topology', mistakes: [] });
  expect(validateFile(shippedDrills[0] as string)).toMatchObject({ kind: 'drill', mistakes: [] });
  expect(validateFile(write('x.yaml', 'topolgy: x\n'))).toMatchObject({
    kind: 'unknown',
    mistakes: [{ message: 'the file is no drill, no topology and no schedule', suggestion: 'topology:' }],
  });
  expect(validateFile(write('x.yaml', 'machine: backup-restore\n')).kind).toBe('drill');
  expect(validateFile(join(folder, 'absent.yaml'))).toMatchObject({ kind: 'unknown', mistakes: [{ line: 1 }] });
});

test.each([
  [
    'beside the commander',
    '\n  region: recovery',
    '\n  topic: ecommerce-drills\n  region: recovery',
    'with its commander alone',
  ],
  ['alone', '\n  commander: { topic: ecommerce-incident-commander }', '\n  topic: ecommerce-drills', 'no notices'],
])('a topic that nothing was ever published to is refused in one message: %s', (_, from, to, expected) => {
  const mistakes = mistakesOf(onTopology(from, to));
  expect(mistakes).toMatchObject([
    { message: expect.stringContaining('dr-drill never published'), expected: expect.stringContaining(expected) },
  ]);
});

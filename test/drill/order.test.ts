import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validateFile } from '../../src/drill/validate.ts';
import { scratch, shippedTopology } from './files.ts';

const folder = scratch();
const THREE_STORES = 'test/platforms/three-stores-two-names.yaml';

/** A topology in which data stores of a kind come after others. */
function mistakesWith(after: Record<string, string>, file = THREE_STORES) {
  const text = Object.entries(after).reduce(
    (all, [kind, others]) => {
      const [block, flow] = [`    kind: ${kind}\n`, `kind: ${kind},`];
      expect(all).toMatch(new RegExp(`${block}|${flow}`));
      return all.replace(block, `${block}    after: [${others}]\n`).replace(flow, `after: [${others}], ${flow}`);
    },
    readFileSync(file, 'utf8').replace('    after: [tickets]\n', ''),
  );
  const place = ({ line, column, message, suggestion }: ReturnType<typeof validateFile>['mistakes'][number]) => {
    expect(text.split('\n')[line - 1]?.slice(0, column - 1)).toMatch(/ after: \[$/);
    return suggestion === undefined ? message : `${message}: ${suggestion}`;
  };
  return validateFile(folder.write('topology.yaml', text)).mistakes.map(place);
}

test('a data store may come after others', () => {
  expect(mistakesWith({ 'aurora-global': 'tickets', 'elasticache-global': 'tickets' })).toEqual([]);
});

test('one that comes after nobody whom the topology knows is told so, with line and column', () => {
  expect(mistakesWith({ 'aurora-global': 'ticket' })).toEqual(["the topology has no data store 'ticket': tickets"]);
});

test('those that wait for each other in a circle are told so, with line and column', () => {
  const circle = { 'rds-replica': 'sessions', 'aurora-global': 'tickets', 'elasticache-global': 'seats' };
  expect(mistakesWith(circle)).toEqual([
    'sessions itself waits for tickets',
    'tickets itself waits for seats',
    'seats itself waits for sessions',
  ]);
  expect(mistakesWith({ 'aurora-global': 'seats' })).toEqual(['seats itself waits for seats']);
});

test.each([
  'rds-replica',
  'aurora-global',
  'elasticache-global',
  'kafka',
  's3-replication',
  'secrets',
  'configuration-archive',
])('the order of %s is looked at', (kind) => {
  expect(mistakesWith({ [kind]: 'nobody' }, shippedTopology)).toEqual([
    expect.stringContaining("no data store 'nobody'"),
  ]);
});

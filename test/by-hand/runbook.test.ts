import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Block, documentOf } from '../../src/by-hand/document.ts';
import { toHtml } from '../../src/by-hand/html.tsx';
import { toMarkdown } from '../../src/by-hand/markdown.ts';
import { runbookByHand, type StepByHand, stepsIn } from '../../src/by-hand/runbook.ts';
import { surpriseOf } from '../../src/drill/candidates.ts';
import { DrillFileError } from '../../src/drill/drill-file-error.ts';
import { type LoadedDrill, loadDrill } from '../../src/drill/load.ts';
import { steps as known } from '../../src/platform/steps.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { stepNames } from '../../state-machines/index.ts';
import { load } from '../plan/drills.ts';

const PLATFORMS = [
  'drills/topologies/ecommerce-platform.yaml',
  'test/platforms/aurora-mysql-global-endpoint.yaml',
  'test/platforms/load-balancers.yaml',
];

/** Every shipped drill that fits the platform and has steps of its own. */
const drillsOn = (topology: string): LoadedDrill[] =>
  readdirSync('drills')
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => {
      try {
        const loaded = loadDrill(`drills/${file}`, { overrides: [`topology=${topology}`], vocabulary });
        return surpriseOf(loaded.drill) ? [] : [loaded];
      } catch (error) {
        if (error instanceof DrillFileError) return [];
        throw error;
      }
    });

const written = ({ drill, topology }: LoadedDrill) => {
  const runbook = runbookByHand(drill, topology);
  const all = [...stepsIn(runbook.phases), ...runbook.otherwise, ...runbook.rollback.afterwards];
  return { runbook, all, blocks: documentOf(runbook) };
};

const codeIn = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => ('code' in block && !block.code.startsWith('{\n') ? [block.code] : []));

const linesOf = ({ before, command, after }: StepByHand): string[] => [
  ...before.map((line) => ('keep' in line ? line.keep : `${line.name}="$(${line.command})"`)),
  command,
  ...after.map((line) => ('keep' in line ? line.keep : `${line.name}="$(${line.command})"`)),
];

const VARIABLE = /\$\{?([A-Z][A-Z0-9_]+)\b/g;

describe.each(PLATFORMS)('the runbooks of all drills on %s', (topology) => {
  const all = drillsOn(topology);

  test('there are some', () => expect(all.length).toBeGreaterThan(5));

  test.each(all.map((one) => [one.drill.drill, one] as const))('%s', (_, loaded) => {
    const { runbook, all: steps, blocks } = written(loaded);
    const { course, steps: entries } = runbookFor(loaded.drill, loaded.topology);

    // Each step of the machine is in it, with its command, what to see, what to do when it fails, and its undo.
    for (const name of stepNames(course)) {
      const step = steps.find((one) => one.step === name);
      const kind = known.get(entries[name]?.kind ?? '');
      expect(step, name).toBeDefined();
      expect(kind?.doneWhen, `${kind?.kind} says what a person sees when it is done`).toBeDefined();
      expect(step?.command, name).not.toBe('');
      expect(step?.fails, name).toMatch(/Rollback|incident commander/);
      expect(step?.undo !== null, `${name} has an undo`).toBe(kind?.undo !== undefined);
      expect(codeIn(blocks), name).toContain(step?.command);
      if (step?.undo) expect(codeIn(blocks)).toContain(step.undo);
    }

    // Commands can be copied: nothing in them represents something else, and a shell understands them.
    const code = codeIn(blocks).join('\n');
    expect(code).not.toMatch(/value-\d{4}-by-hand|\b2534022\d{8}\b|9999-12-31|\.\.\.|… |# and /);
    // Outside of SQL, which may hold angle brackets.
    expect(code.replace(/-[ce] "(\\.|[^"\\])*"/g, '')).not.toMatch(/<[a-z][a-z ]*>/);
    expect(steps.flatMap(({ asked }) => asked)).toEqual([]);
    execFileSync('bash', ['-n'], { input: code, stdio: ['pipe', 'pipe', 'pipe'] });

    // Each variable is set by an earlier line.
    const set = new Set(['BROKERS', ...runbook.first.map(({ name }) => name)]);
    for (const step of steps)
      for (const line of linesOf(step)) {
        for (const [, name = ''] of line.matchAll(VARIABLE)) expect(set, `${step.step}: ${name}`).toContain(name);
        const made = /^([A-Z][A-Z0-9_]+)="/.exec(line)?.[1];
        if (made) set.add(made);
      }
    for (const { undo, step } of runbook.rollback.undone)
      for (const [, name = ''] of (undo ?? '').matchAll(VARIABLE))
        expect(set, `undo of ${step}: ${name}`).toContain(name);
  });
});

describe('the runbook of the snapshot restore', () => {
  const { all, runbook, blocks } = written(load('drills/snapshot-restore.yaml'));
  const step = (name: string) => all.find((one) => one.step === name);

  test('takes the snapshot by a variable that the step before has set', () => {
    const [snapshot] = step('choose-recovery-point/orders')?.after ?? [];
    expect(snapshot).toMatchObject({ name: 'CHOOSE_RECOVERY_POINT_ORDERS_SNAPSHOT', about: 'snapshot' });
    expect(step('restore/orders')?.command).toContain(
      '--db-snapshot-identifier "$CHOOSE_RECOVERY_POINT_ORDERS_SNAPSHOT" ',
    );
  });

  test('asks for rows up to the time of the snapshot, within the quotes of SQL', () => {
    expect(step('count-source')?.command).toContain("created_at <= '$" + '{CHOOSE_RECOVERY_POINT_ORDERS_TIME}');
  });

  test('names every data check', () => {
    for (const check of ['pg_constraint', 'pg_index', 'order_items', 'pg_prepared_xacts'])
      expect(step('check-data')?.command).toContain(check);
  });

  test('says what it is for, who decides, whom to ask, and what is deleted after a rollback', () => {
    expect(runbook).toMatchObject({
      when: 'Data was lost or damaged, and must be restored from a backup.',
      decides: [
        'A person decides in the step approve: Get the approval of one person: on-call engineer, team lead.',
        'The incident commander applies the rules of the phase “decide”.',
      ],
      programs: ['aws', 'psql'],
    });
    expect(runbook.escalation.map(({ role }) => role)).toEqual(['on-call engineer', 'team lead']);
    expect(runbook.rollback.afterwards.map((one) => one.step)).toEqual(['delete-restored/orders']);
  });

  test('has the same commands as Markdown and as a page, and room for a pen at each step', () => {
    const markdown = toMarkdown(runbook.title, blocks);
    const html = toHtml(runbook.title, blocks);
    for (const { command, number } of all) {
      expect(markdown).toContain(command);
      expect(html).toContain(command.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'));
      expect(markdown).toMatch(new RegExp(`#### ☐ ${number}\\. .*\\n\\nTime: _+ {2}Initials: _+`));
    }
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3)/);
  });
});

test('names and contacts of the people whom the topology has for a role stand in it', () => {
  const { topology, ...loaded } = load('drills/snapshot-restore.yaml');
  const arn = 'arn:aws:iam::111122223333:user/mei-ling';
  const person = { name: 'Mei-Ling Chen', roles: ['team lead'], arn, contacts: { phone: '+886 2 5550 0100' } };
  const { blocks } = written({ ...loaded, topology: { ...topology, people: { 'mei-ling': person } } });
  const rows = blocks.flatMap((block) => ('rows' in block ? block.rows : []));
  expect(rows).toContainEqual(['team lead', '5 min', 'Mei-Ling Chen', 'phone +886 2 5550 0100']);
  expect(rows).toContainEqual(['on-call engineer', '5 min', '', '']);
});

test('a step that cannot be undone says so, and what comes behind it undoes nothing', () => {
  const { all, runbook } = written(load('drills/multi-region-failover.yaml'));
  const step = (name: string) => all.find((one) => one.step === name);
  expect(step('take-over/orders')?.noReturn).toMatch(/^a promoted replica cannot be made a replica again/);
  expect(step('take-over/orders')?.fails).toContain('If AWS accepted it, or you cannot tell, undo nothing');
  expect(step('shift/public')?.fails).toContain('Then stop, and undo nothing: take-over/orders, take-over/baskets');
  expect(step('take-over/messages/start')?.fails).toContain('give messages up');
  expect(runbook.rollback.heldAfter.map((one) => one.step)).toEqual(['take-over/orders', 'take-over/baskets']);
});

test('an undo puts back what a person has noted before the step', () => {
  const { all } = written(load('drills/multi-region-failover.yaml'));
  const nodes = all.find((one) => one.step === 'scale/shop/nodes');
  expect(nodes?.before).toContainEqual({
    name: 'SCALE_SHOP_NODES_DESIRED',
    about: 'desired',
    command:
      'aws eks describe-nodegroup --region ap-northeast-1 --cluster-name ecommerce-recovery --nodegroup-name ecommerce-recovery-workers --query nodegroup.scalingConfig.desiredSize --output text',
  });
  expect(nodes?.undo).toMatch(
    /minSize="\$SCALE_SHOP_NODES_MIN",maxSize="\$SCALE_SHOP_NODES_MAX",desiredSize="\$SCALE_SHOP_NODES_DESIRED"$/,
  );
});

test('a value inside of a JSON document in single quotes leaves them for a moment', () => {
  const { all } = written(load('drills/planned-switchover.yaml'));
  const shift = all.find((one) => one.step === 'shift-25/public');
  expect(shift?.undo).toContain(`jq '{"taipei":'"$SHIFT_25_PUBLIC_WEIGHT_OF_TAIPEI"',"tokyo":'"$`);
});

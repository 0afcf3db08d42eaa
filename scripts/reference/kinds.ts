import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { DATABASE } from '../../src/components/example.ts';
import { allKinds } from '../../src/components/index.ts';
import { computeSchema, dataSchema, trafficSchema } from '../../src/components/schemas.ts';
import { type Verb, verbs } from '../../src/components/verbs.ts';
import { surpriseOf } from '../../src/drill/candidates.ts';
import { allComponents, type Group } from '../../src/drill/components.ts';
import { drillSchema } from '../../src/drill/drill.ts';
import { loadDrill } from '../../src/drill/load.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { permissionsFor } from '../../src/platform/looks.ts';
import { steps } from '../../src/platform/steps.ts';
import { customRunbook } from '../../src/runbook/custom.ts';
import { factsBeforeRun } from '../../src/runbook/not-yet-known.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { code, kindLink, page, table } from './page.ts';

type AnyKind = (typeof allKinds)[number];

const verbsOf = ({ verbs: own }: AnyKind): Verb[] => (Object.keys(verbs) as Verb[]).filter((verb) => verb in own);

/** Which kind answers which verb, what IAM must allow for it, and how it can fail. */
export function kindsPage(): string {
  const groups = ['data', 'compute', 'traffic'] as const;
  return page(
    'Kinds and verbs',
    'Which verb each kind of component answers. A component whose kind does not answer a verb is skipped. [Components and verbs](../concepts/components.md) says what each verb means.',
    ...groups.flatMap((group) => {
      const kinds = allKinds.filter((one) => one.group === group);
      const own = (Object.keys(verbs) as Verb[]).filter((verb) => verb.startsWith(`${group}.`));
      return [
        `## ${group}`,
        table(
          ['verb', ...kinds.map(({ kind }) => kindLink(kind))],
          own.map((verb) => [code(verb), ...kinds.map((kind) => (verb in kind.verbs ? 'yes' : 'no'))]),
        ),
      ];
    }),
    '## IAM actions and ways to fail',
    'The actions that the steps of each verb need, on a topology that has the kind. A drill also needs what its preflight looks at: `dr-drill iam-policy <drill>` prints the minimum policy of a whole drill, with the resources.',
    ...allKinds.flatMap(kindSection),
  );
}

function kindSection(kind: AnyKind): string[] {
  const drills = drillsWith(kind);
  return [
    `### ${kind.kind}`,
    ...(verbsOf(kind).length === 0
      ? ['It answers no verb: drills name [its steps](steps.md), where their calls stand, too.']
      : [
          table(
            ['verb', 'IAM actions'],
            verbsOf(kind).map((verb) => [code(verb), actionsFor(kind, verb)]),
          ),
          `Its preflight looks with ${listed(lookedWith(kind))}.`,
        ]),
    [
      `[How ${kind.kind} can fail](../components/${kind.kind}.md#how-it-can-fail).`,
      ...(drills.length === 0
        ? []
        : [
            `Ways to fail of drills that use it: ${drills.map((one) => `[${one}](ways-to-fail.md#${one})`).join(', ')}.`,
          ]),
    ].join(' '),
  ];
}

const listed = (actions: readonly string[]): string =>
  actions.length === 0 ? 'no call to AWS' : actions.map(code).join(', ');

const PLATFORM = 'drills/multi-region-failover.yaml';
/** With more than one instance in each cluster, so that a zone can be left. */
const overrides = ['primary', 'recovery'].map(
  (side) =>
    `topology.data.baskets.${side}.instances=[{ identifier: ${side}-1, class: db.r6g.large }, { identifier: ${side}-2, class: db.r6g.large }]`,
);
/** The sample comes first; what it has not is on another topology that ships. */
const topologies = [
  loadDrill(PLATFORM, { overrides, vocabulary }).topology,
  ...readdirSync('drills/topologies').map(
    (file) => loadDrill(PLATFORM, { overrides: [`topology=drills/topologies/${file}`], vocabulary }).topology,
  ),
];

const topologyWith = (kind: AnyKind): Topology =>
  topologies.find((one) => allComponents(one).some((each) => each.kind === kind.kind)) ?? sampleWith(kind);

const schemas: Record<Group, z.ZodType> = { data: dataSchema, compute: computeSchema, traffic: trafficSchema };

/** The sample with a kind that no topology has, as a new topology begins with it. */
function sampleWith({ group, example: { id, text } }: AnyKind): Topology {
  const sample = topologies[0] as Topology;
  const around = { system: 'shop', domain: 'shop.example.com', hasDatabase: true, ...sample.regions };
  const own = parse(text(around).replaceAll(`${DATABASE}:`, `${Object.keys(sample.data)[0]}:`));
  return { ...sample, [group]: { ...sample[group], [id]: schemas[group].parse(own) } };
}

const sorted = (actions: readonly string[]): string[] => [...new Set(actions)].sort();

/** The steps of a line, after all lines that it may rest on. */
function stepsFor(of: AnyKind, verb: Verb) {
  const { kind } = of;
  const topology = topologyWith(of);
  const component = allComponents(topology).find((one) => one.kind === kind);
  if (!component) throw new Error(`${topology.topology} has no ${kind}`);
  const line = (step: string, uses: Verb) => ({
    step,
    uses,
    ...(uses.startsWith(verb.split('.')[0] ?? '') && { of: component.id }),
    with: withOf(uses),
  });
  const own = allKinds.find((one) => one.kind === kind);
  const before = BEFORE.filter(
    ([, uses]) => uses !== verb && (verb.startsWith('data.') ? uses in (own?.verbs ?? {}) : true),
  );
  const drill = drillSchema.parse({
    drill: 'reference',
    title: 'Reference',
    machine: 'custom',
    topology: 'none',
    targets: { rto: null, rpo: null },
    phases: [{ phase: 'all', steps: [...before.map(([step, uses]) => line(step, uses)), line('asked', verb)] }],
  });
  if (drill.machine !== 'custom') throw new Error('the reference makes a drill of its own');
  return Object.entries(customRunbook(drill, topology).steps).flatMap(([name, { kind: uses, params }]) => {
    const step = steps.get(uses);
    return name.split('/')[0] === 'asked' && step ? [{ step, params: params(factsBeforeRun) }] : [];
  });
}

/** Lines that others name: a look, a takeover, a recovery point, a change of zones. */
const BEFORE: readonly [step: string, uses: Verb][] = [
  ['look', 'data.look'],
  ['take-over', 'data.take-over'],
  ['point', 'data.choose-recovery-point'],
  ['failover', 'data.fail-over-zone'],
];

/** What must be in `with` of a verb. */
function withOf(verb: Verb): Record<string, unknown> {
  const { required = [] } = z.toJSONSchema(verbs[verb], { io: 'input', unrepresentable: 'any' }) as {
    required?: string[];
  };
  return Object.fromEntries(required.map((key) => [key, GIVEN[key] ?? 'look']));
}

const GIVEN: Record<string, unknown> = {
  as: 'drill-copy',
  recovery: '50 %',
  from: 'snapshot',
  point: 'point',
  failover: 'failover',
};

function actionsFor(kind: AnyKind, verb: Verb): string {
  const found = stepsFor(kind, verb);
  if (found.length === 0) return 'nothing to do on this topology';
  return listed(
    sorted(
      found.flatMap(({ step, params }) =>
        step.permissions(params, topologyWith(kind).account).map(({ action }) => action),
      ),
    ),
  );
}

/** What the preflight calls for all of its verbs. */
const lookedWith = (kind: AnyKind): string[] =>
  sorted(
    verbsOf(kind)
      .flatMap((verb) => stepsFor(kind, verb))
      .flatMap(({ step, params }) => step.needs(params))
      .flatMap((need) => permissionsFor(need, topologyWith(kind).account).map(({ action }) => action)),
  );

/** Shipped drills that do something with a kind and have ways to fail of their own. */
function drillsWith(kind: AnyKind): string[] {
  const own = new Set(kind.steps.map((step) => step.kind));
  return [...plans].flatMap(([name, kinds]) => (kinds.some((one) => own.has(one)) ? [name] : []));
}

const told = readFileSync('docs/src/content/docs/reference/ways-to-fail.md', 'utf8');

/** The kinds of steps of each shipped drill. */
const plans = new Map(
  readdirSync('drills')
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file.replace('.yaml', ''), file] as const)
    .filter(([name]) => told.includes(`\n## ${name}\n`))
    .map(([name, file]) => [name, kindsIn(`drills/${file}`)] as const),
);

function kindsIn(path: string): string[] {
  const loaded = loadDrill(path, { vocabulary });
  if (surpriseOf(loaded.drill)) return [];
  return Object.values(runbookFor(loaded.drill, loaded.topology).steps).map(({ kind }) => kind);
}

import { jsonSchemas } from '../json-schemas.ts';
import { fieldTable, type Schema } from './fields.ts';
import { code, kindLink, page } from './page.ts';

const schemaOf = (name: string): Schema => JSON.parse(jsonSchemas()[`${name}.schema.json`] ?? '') as Schema;

const EDITORS =
  'The first line of each shipped file names its schema, so that editors with a YAML language server complete and check it. A duration is a number and a unit: `200 ms`, `30 s`, `5 min`, `1 h` or `1 d`.';

/** Parts of a drill file that have a section of their own, or a page. */
const APART = ['simulation', 'phases', 'cleanUp', 'measure'];

export function drillFilePage(): string {
  const drill = schemaOf('drill');
  const machines = (drill.allOf ?? []).map(({ if: when, then }) => ({
    machine: String(when?.properties?.machine?.const),
    schema: then ?? {},
  }));
  const keysOf = ({ schema }: (typeof machines)[number]) => Object.keys(schema.properties ?? {});
  const shared = keysOf(machines[0] as (typeof machines)[number]).filter(
    (key) => key !== 'machine' && machines.filter((one) => keysOf(one).includes(key)).length >= machines.length - 1,
  );
  const [first] = machines;
  return page(
    'Drill file',
    `A drill file says what happens to the platform, which machine recovers it, and the targets of the drill. ${EDITORS} The shortest one names machine, topology and targets.`,
    '## All drills',
    fieldTable(picked(first?.schema ?? {}, shared), { root: drill, stop: APART }),
    ...machines.flatMap(({ machine, schema }) => {
      const own = Object.keys(schema.properties ?? {}).filter((key) => key !== 'machine' && !shared.includes(key));
      return [`## machine: ${machine}`, fieldTable(picked(schema, own), { root: drill, stop: APART })];
    }),
    '## Simulation',
    'What the simulated world of a dry run does. On the command line: `--set simulation.promotion.takes=6 min`.',
    fieldTable(first?.schema.properties?.simulation ?? {}, { root: drill, path: 'simulation' }),
  );
}

const picked = ({ properties = {}, ...schema }: Schema, keys: readonly string[]): Schema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key))),
});

const GROUPS = ['data', 'compute', 'traffic'] as const;

export function topologyFilePage(): string {
  const topology = schemaOf('topology');
  const kinds = GROUPS.flatMap((group) =>
    kindsOf(topology.properties?.[group] ?? {}).map(({ kind, schema }) => ({ group, kind, schema })),
  );
  return page(
    'Topology file',
    `A topology file says what there is: regions, and components with names of your choice. [Components and verbs](../concepts/components.md) explains it. ${EDITORS}`,
    '## Top level',
    fieldTable(topology, { stop: [...GROUPS] }),
    ...kinds.flatMap(({ group, kind, schema }) => [
      `## ${kind}`,
      `A component under ${code(group)}. ${kindLink(kind)} says what a drill does with it.`,
      fieldTable(schema, { root: topology }),
    ]),
  );
}

/** The forms of a group's components, by their kinds. */
function kindsOf({ additionalProperties }: Schema): { kind: string; schema: Schema }[] {
  const one = typeof additionalProperties === 'object' ? additionalProperties : {};
  return (one.allOf ?? []).flatMap(({ if: when, then }) =>
    then ? [{ kind: String(when?.properties?.kind?.const), schema: then }] : [],
  );
}

export const scheduleFilePage = (): string =>
  page(
    'Schedule file',
    `A schedule says which drill is due in which week, month, quarter or year. [Plan the year](../how-to/plan-the-year.md) shows how to use it. ${EDITORS}`,
    fieldTable(schemaOf('schedule')),
  );

export const reportFieldsPage = (): string =>
  page(
    'Report fields',
    'The keys of `report.json`, which `--json` prints as well. Figures in milliseconds end in `Ms`; instants are ISO 8601 in UTC. Every other format is made from the same fields.',
    fieldTable(schemaOf('report')),
  );

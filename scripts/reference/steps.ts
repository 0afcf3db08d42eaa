import * as z from 'zod';
import { kindsThatDo } from '../../src/components/index.ts';
import { type Verb, verbs } from '../../src/components/verbs.ts';
import { steps } from '../../src/platform/steps.ts';
import { fieldTable, type Schema } from './fields.ts';
import { code, kindLink, page, prose } from './page.ts';

const schemaOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;

const withKeys = (schema: z.ZodType): string => {
  const found = schemaOf(schema);
  return Object.keys(found.properties ?? {}).length > 0 ? fieldTable(found) : 'It takes nothing in `with`.';
};

/** What a drill file's own phases can use: verbs, and steps of single services. */
export function stepsPage(): string {
  const usable = [...steps.values()].filter(({ given }) => given !== undefined);
  return page(
    'Steps',
    'A drill with `machine: custom` names these under `uses`. [Write your own workflow](../how-to/custom-drill.md) shows how. `dr-drill steps` lists the same.',
    '## Verbs',
    'A verb asks every component of its group, or those that `of` names.',
    ...(Object.keys(verbs) as Verb[]).flatMap((verb) => [
      `### ${verb}`,
      `Kinds: ${kindsThatDo(verb).map(kindLink).join(', ')}.`,
      withKeys(verbs[verb]),
    ]),
    '## Steps of single services',
    ...usable.flatMap(({ kind, given, plane, calls, pointOfNoReturn }) => [
      `### ${kind}`,
      [
        pointOfNoReturn === undefined ? '' : `**Cannot be undone**: ${prose(pointOfNoReturn)}. Needs consent.`,
        plane === 'control' ? 'Needs a control plane.' : 'Needs no control plane.',
        typeof calls === 'function' || calls.length === 0 ? '' : `Calls ${calls.map(code).join(', ')}.`,
      ]
        .filter((part) => part !== '')
        .join(' '),
      given ? withKeys(given.schema) : '',
    ]),
  );
}

import * as z from 'zod';
import { drillSchema } from '../src/drill/drill.ts';
import { scheduleSchema } from '../src/drill/schedule.ts';
import { topologySchema } from '../src/drill/topology.ts';
import { reportSchema } from '../src/report/model.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The published schemas by file name, as text. */
export function jsonSchemas(): Record<string, string> {
  return {
    'drill.schema.json': published('drill', 'A drill of dr-drill', drillSchema, 'input'),
    'schedule.schema.json': published('schedule', 'A schedule of dr-drill', scheduleSchema, 'input'),
    'topology.schema.json': published('topology', 'A topology of dr-drill', topologySchema, 'input'),
    'report.schema.json': published('report', 'A report of dr-drill', reportSchema, 'output'),
  };
}

function published(name: string, title: string, schema: z.ZodType, io: 'input' | 'output'): string {
  // Draft 7 is what the YAML language server understands.
  const { $schema, ...body } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => adapt(zodSchema, jsonSchema, io),
  });
  return `${JSON.stringify({ $schema, $id: `urn:dr-drill:schema:${name}`, title, ...body }, null, 2)}\n`;
}

/** A default is held in milliseconds and shares; an author writes units, so only plain defaults are shown. */
function adapt(zodSchema: z.core.$ZodType, jsonSchema: JsonSchema, io: 'input' | 'output'): void {
  if (io === 'output') return;
  if (typeof jsonSchema.default === 'object') delete jsonSchema.default;
  const { discriminator } = zodSchema._zod.def as { discriminator?: string };
  if (discriminator) splitByKind(jsonSchema, discriminator);
  // A drill is named by its file, and titled by its machine.
  const { machine, drill } = (jsonSchema.properties ?? {}) as Record<string, JsonSchema>;
  if (machine && drill)
    jsonSchema.required = (jsonSchema.required ?? []).filter((key) => !['drill', 'title'].includes(key));
}

/** `if machine is X then …` tells an author of one wrong key; `oneOf` would only say that nothing matches. */
function splitByKind(jsonSchema: JsonSchema, discriminator: string): void {
  const branches = (jsonSchema.oneOf ?? []) as JsonSchema[];
  delete jsonSchema.oneOf;
  const kinds = branches.map((branch) => (branch.properties as Record<string, JsonSchema>)[discriminator]?.const);
  Object.assign(jsonSchema, {
    type: 'object',
    required: [discriminator],
    properties: { [discriminator]: { enum: kinds } },
    allOf: branches.map((branch, index) => ({
      if: { properties: { [discriminator]: { const: kinds[index] } }, required: [discriminator] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: branch,
    })),
  });
}

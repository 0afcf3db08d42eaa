import pc from 'picocolors';
import * as z from 'zod';
import { verbs } from '../components/verbs.ts';
import { steps } from '../platform/steps.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Lists the kinds of steps that a drill's own course can use, with what may be in their `with`. */
export function stepsCommand({ json }: { json?: boolean }, terminal: Terminal): number {
  const kinds = [
    ...[...steps.values()].flatMap(({ kind, given, plane, pointOfNoReturn }) =>
      given ? [{ kind, plane, noReturn: pointOfNoReturn !== undefined, with: jsonSchema(given.schema) }] : [],
    ),
    ...Object.entries(verbs).map(([kind, schema]) => ({ kind, noReturn: false, with: jsonSchema(schema) })),
  ];
  if (json) {
    terminal.asIs(`${JSON.stringify({ steps: kinds }, null, 2)}\n`);
    return exitCodes.passed;
  }
  const { bold, dim } = pc.createColors(terminal.colour);
  for (const { kind, noReturn, with: schema } of kinds) {
    terminal.out(`${bold(kind)}${noReturn ? dim('  of no return') : ''}\n`);
    const { properties = {}, required = [] } = schema as { properties?: Record<string, Property>; required?: string[] };
    for (const [key, property] of Object.entries(properties)) {
      terminal.out(`  ${key.padEnd(18)}${dim(describe(property, required.includes(key)))}\n`);
    }
  }
  return exitCodes.passed;
}

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' });

interface Property {
  description?: string;
  enum?: unknown[];
  default?: unknown;
}

function describe({ description, enum: choices, default: usual }: Property, isRequired: boolean): string {
  const parts = [
    isRequired ? 'needed' : usual === undefined ? 'optional' : `usually ${JSON.stringify(usual)}`,
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(description ? [description] : []),
  ];
  return parts.join('; ');
}

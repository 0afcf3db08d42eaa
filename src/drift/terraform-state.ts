import * as z from 'zod';
import { DrillError } from '../errors.ts';

/** A resource as Terraform or OpenTofu has it in its state. */
export interface Managed {
  address: string;
  /** Empty for the root module. */
  module: string;
  type: string;
  values: Record<string, unknown>;
}

const values = z.record(z.string(), z.unknown());
const shownResource = z.object({
  address: z.string(),
  mode: z.string().default('managed'),
  type: z.string(),
  values: values.default({}),
});
interface Module {
  address?: string | undefined;
  resources?: z.output<typeof shownResource>[] | undefined;
  child_modules?: Module[] | undefined;
}
const module: z.ZodType<Module> = z.object({
  address: z.string().optional(),
  resources: z.array(shownResource).optional(),
  get child_modules() {
    return z.array(module).optional();
  },
});
const shown = z.object({ values: z.object({ root_module: module }) });
/** A plan holds the state that it was made from. */
const plan = z.object({ prior_state: shown });
const raw = z.object({
  version: z.literal(4),
  resources: z.array(
    z.object({
      module: z.string().optional(),
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(
        z.object({ index_key: z.union([z.string(), z.number()]).optional(), attributes: values.nullish() }),
      ),
    }),
  ),
});

/** The managed resources of a state: of `terraform show -json`, of a plan shown as JSON, or of a state file of version 4. */
export function managedIn(text: string, path: string): Managed[] {
  const json = parsed(text, path);
  const asPlan = plan.safeParse(json);
  const asShown = asPlan.success ? { success: true as const, data: asPlan.data.prior_state } : shown.safeParse(json);
  if (asShown.success) return inModule(asShown.data.values.root_module, '');
  const asRaw = raw.safeParse(json);
  if (asRaw.success)
    return asRaw.data.resources
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ module: inside = '', type, name, instances }) =>
        instances.map(({ index_key: key, attributes }) => ({
          address: `${inside === '' ? '' : `${inside}.`}${type}.${name}${key === undefined ? '' : `[${JSON.stringify(key)}]`}`,
          module: inside,
          type,
          values: attributes ?? {},
        })),
      );
  throw notAState(path);
}

function inModule({ resources = [], child_modules: children = [] }: Module, address: string): Managed[] {
  return [
    ...resources
      .filter(({ mode }) => mode === 'managed')
      .map(({ address: at, type, values: found }) => ({ address: at, module: address, type, values: found })),
    ...children.flatMap((child) => inModule(child, child.address ?? '')),
  ];
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAState(path);
  }
}

const notAState = (path: string): DrillError =>
  new DrillError('state-invalid', `${path} is not a state of Terraform or OpenTofu.`, {
    hint: 'Write it with: terraform show -json > state.json. A state file of version 4 is read, too.',
  });

import { NormalizedSchema } from '@smithy/core/schema';
import type { ServedService } from './catalogue.ts';
import { type ErrorForm, nameOf, Refusal } from './refusal.ts';

/** An error as it goes out. */
export interface Fault {
  /** The shape's name, where the service has a shape for it. */
  name: string;
  /** What the query protocol calls it. */
  code: string;
  message: string;
  status: number;
  /** Whose fault it is, as the query protocol says it. */
  type: 'Sender' | 'Receiver';
}

/** What was refused or thrown, in the words of the service's own errors. */
export function faultOf(error: unknown, served: ServedService | undefined, form: ErrorForm): Fault {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) return refused(error, served, form);
  const name = error instanceof Error ? error.name : 'InternalFailure';
  // Only the simulator's errors carry metadata: any other is a fault of its own, and must not pass for AWS's.
  const { httpStatusCode } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  if (httpStatusCode === undefined) return refused(new Refusal('fault', `${name}: ${message}`), served, form);
  const shape = served && shapeOf(served, name);
  return fault(shape?.name ?? name, shape?.code ?? name, message, shape?.status ?? httpStatusCode);
}

function refused(refusal: Refusal, served: ServedService | undefined, form: ErrorForm): Fault {
  const own = served && ownName(refusal, served);
  if (own) return fault(own.name, own.code, refusal.message, own.status ?? 400);
  const [code, status] = nameOf(refusal, form);
  return fault(code, code, refusal.message, status);
}

const fault = (name: string, code: string, message: string, status: number): Fault => ({
  name,
  code,
  message,
  status,
  type: status >= 500 ? 'Receiver' : 'Sender',
});

/** Services have errors of their own for parameters that will not do; the first that they know is meant. */
const ownNames: Partial<Record<Refusal['kind'], string[]>> = {
  'missing-parameter': ['MissingRequiredParameterException', 'InvalidParameterException', 'InvalidInput'],
  'wrong-parameter': ['InvalidParameterValueException', 'InvalidInput'],
  unreadable: ['InvalidInput'],
  throttled: ['ThrottledException'],
  denied: ['AuthorizationErrorException'],
};

const ownName = ({ kind }: Refusal, served: ServedService): Shape | undefined =>
  (ownNames[kind] ?? []).map((name) => shapeOf(served, name)).find((shape) => shape !== undefined);

interface Shape {
  name: string;
  code: string;
  /** Not every shape says. */
  status: number | undefined;
}

/** The service's error shape of that name, or with that code on the wire. */
function shapeOf({ settings }: ServedService, name: string): Shape | undefined {
  for (const registry of settings.errorTypeRegistries ?? []) {
    const found = registry.find((one) => {
      const ns = NormalizedSchema.of(one);
      const own = ns.getName();
      return own === name || (own?.endsWith('ServiceException') === false && queryError(ns)?.[0] === name);
    });
    if (!found) continue;
    const ns = NormalizedSchema.of(found);
    const { error, httpError } = ns.getMergedTraits();
    const [code, status] = queryError(ns) ?? [];
    const own = ns.getName() ?? name;
    return {
      name: own,
      code: code ?? own,
      status: status ?? (httpError as number | undefined) ?? (error === 'server' ? 500 : undefined),
    };
  }
  return undefined;
}

const queryError = (ns: NormalizedSchema): [code: string, status: number] | undefined =>
  ns.getMergedTraits().awsQueryError as [string, number] | undefined;

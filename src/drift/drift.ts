import { isDeepStrictEqual } from 'node:util';
import { parseArn } from '../arn.ts';
import type { Attribute } from '../components/left.ts';
import type { LeftBy } from '../measure/left-by.ts';
import type { Managed } from './terraform-state.ts';

/** What a plan would do to a resource that a run has changed. */
export type Drifted =
  | {
      drift: 'changed';
      address: string;
      module: string;
      plan: 'revert' | 'destroy';
      attributes: (Attribute & { was: unknown })[];
      steps: string[];
    }
  /** Terraform does not know it. `to` is a free address where it can be imported. */
  | { drift: 'made'; to: string; id: string; steps: string[] }
  /** A plan would make it again. */
  | { drift: 'gone'; address: string; module: string; steps: string[] }
  /** It has another name, and perhaps something new has its name. */
  | { drift: 'renamed'; address: string; module: string; to: string; steps: string[] };

export interface Drift {
  drifted: Drifted[];
  /** What the run has left that the state does not manage: nothing reverts it. */
  unmanaged: LeftBy[];
  /** Addresses whose recorded values are as the run left them. */
  same: string[];
}

/** Holds what a run has left against a state. */
export function driftOf(left: readonly LeftBy[], state: readonly Managed[]): Drift {
  const drift: Drift = { drifted: [], unmanaged: [], same: [] };
  for (const one of left) {
    const { steps } = one;
    const managed = state.filter((resource) => isMeant(resource, one));
    if (one.left === 'made') {
      const renamed = drift.drifted.some(
        (other) => other.drift === 'renamed' && managed.some(({ address }) => address === other.address),
      );
      if (managed.length > 0 && !renamed) drift.same.push(...managed.map(({ address }) => address));
      else
        drift.drifted.push({
          drift: 'made',
          to: managed[0]?.address ?? `${one.types[0]}.${addressName(one.id)}`,
          id: one.id,
          steps,
        });
      continue;
    }
    if (managed.length === 0) drift.unmanaged.push(one);
    for (const { address, module, values } of managed) {
      if (one.left === 'renamed') drift.drifted.push({ drift: 'renamed', address, module, to: one.to, steps });
      else if (one.left === 'gone') drift.drifted.push({ drift: 'gone', address, module, steps });
      else {
        const attributes = one.attributes
          .map((attribute) => ({ ...attribute, was: at(values, attribute.path) }))
          .filter(({ was, value }) => value === undefined || !isSame(was, value));
        if (attributes.length === 0) drift.same.push(address);
        else
          drift.drifted.push({
            drift: 'changed',
            address,
            module,
            plan: attributes.some(({ plan }) => plan === 'destroy') ? 'destroy' : 'revert',
            attributes,
            steps,
          });
      }
    }
  }
  return drift;
}

function isMeant({ type, values }: Managed, { types, where, region }: LeftBy): boolean {
  if (!types.includes(type)) return false;
  const named = values.region ?? (typeof values.arn === 'string' ? parseArn(values.arn)?.region : undefined);
  if (region !== null && typeof named === 'string' && named !== '' && named !== region) return false;
  return Object.entries(where).every(([name, value]) => plainName(values[name]) === plainName(value));
}

/** Names of DNS end with a dot or not. */
const plainName = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/\.$/, '').toLowerCase() : value;

/** A value by a path such as `scaling_config[0].min_size`. */
const at = (values: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce<unknown>((here, part) => (here as Record<string, unknown> | null | undefined)?.[part], values);

/** An argument that is not set stands as an empty text, as null or not at all. */
function isSame(was: unknown, value: unknown): boolean {
  if (value === null) return was === null || was === undefined || was === '';
  if (Array.isArray(was) && Array.isArray(value)) return isDeepStrictEqual([...was].sort(), [...value].sort());
  return isDeepStrictEqual(was, value);
}

const addressName = (id: string): string => id.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^(?=[^A-Za-z_])/, '_');

import { plainDomain } from './names.ts';

export const sameName = (one: string | undefined, other: string | undefined): boolean =>
  plainDomain(one) === plainDomain(other);

/** The name of a load balancer: aliases put `dualstack.` before it, which its console does not show. */
export const plainTarget = (name: string | undefined): string => plainDomain(name).replace(/^dualstack\./, '');

export const sameTarget = (one: string | undefined, other: string | undefined): boolean =>
  plainTarget(one) === plainTarget(other);

/** The wildcard that answers for a name which has no records of its own, nearest first. */
export const wildcardsFor = (name: string): string[] => {
  const labels = plainDomain(name).split('.');
  return labels.slice(1, -1).map((_, index) => ['*', ...labels.slice(index + 1)].join('.'));
};

import { isScalar, parseDocument } from 'yaml';
import { Aborted, DrillError, NoSession } from '../errors.ts';
import { SHIPPED_TOPOLOGY, shippedText } from './shipped.ts';

type Path = readonly (string | number)[];

/** What a look at an account has found, and what it could not tell. */
export interface Found {
  /** Values by their paths in the topology. */
  values: [path: Path, value: unknown][];
  /** What nobody could tell: why, for the comment beside the placeholder. */
  unknown: [path: Path, why: string][];
  /** Parts that the account does not have, or that nobody looks for. */
  absent: Path[];
  /** Parts that could not be asked for, with the reason. */
  unasked?: string[];
}

export const nothingFound = (): Found => ({ values: [], unknown: [], absent: [] });

/** What is not there leaves placeholders, and each says so. */
export const notThere = (part: Path, keys: readonly string[], why: string): Found => ({
  ...nothingFound(),
  unknown: keys.map((key) => [[...part, key], why]),
});

/** The first of several was taken, and somebody has to say whether rightly; nothing, where there was but one. */
export const orAnother = (path: Path, others: readonly (string | undefined)[]): Found['unknown'] =>
  others.length === 0 ? [] : [[path, `whether this is the one; there are ${others.join(', ')} as well`]];

export const together = (all: readonly Found[]): Found => ({
  values: all.flatMap(({ values }) => values),
  unknown: all.flatMap(({ unknown }) => unknown),
  absent: all.flatMap(({ absent }) => absent),
  unasked: all.flatMap(({ unasked = [] }) => unasked),
});

/**
 * What a look finds; where its service cannot be asked, what is then left, with the reason. Rejects where there is no session, and with any
 * error that nobody has put into words.
 */
export async function foundOr(part: string, left: Found, look: () => Promise<Found>): Promise<Found> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof DrillError) || error instanceof NoSession || error instanceof Aborted) throw error;
    return { ...left, unasked: [`${part}: ${error.message.replaceAll(/\s+/g, ' ')}`] };
  }
}

/** For the comment beside a placeholder whose service could not be asked. */
export const UNASKED = 'its service could not be asked, see the top of this file';

const HEAD = ` Written by \`dr-drill discover\` from what the account says. Behind "not known" stands a placeholder: put yours in.
 Not looked for: buckets, secrets, archives of Kubernetes objects and a witness; drills/topologies/ecommerce-platform.yaml shows how they are named.`;

/** A topology of the shipped one's form: what was found in place of its values, and a comment on all else. */
export function topologyOf({ values, unknown, absent, unasked = [] }: Found): string {
  const document = parseDocument(shippedText(SHIPPED_TOPOLOGY));
  for (const path of absent) document.deleteIn(path);
  for (const [path, value] of values) {
    if (typeof value === 'object' && value !== null) document.setIn(path, document.createNode(value, { flow: true }));
    else document.setIn(path, value);
  }
  for (const [path, why] of unknown) {
    const node = document.getIn(path, true);
    if (isScalar(node)) node.comment = ` not known: ${why}`;
    else if (node && typeof node === 'object')
      (node as { commentBefore?: string }).commentBefore = ` not known: ${why}`;
  }
  const notAsked = unasked.map((one) => `\n Could not be asked, and is not described here: ${one}`);
  document.commentBefore = `${HEAD}${notAsked.join('')}`;
  return document.toString({ lineWidth: 0 });
}

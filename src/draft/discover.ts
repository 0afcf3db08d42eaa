import type { Aws } from '../aws/aws.ts';
import type { Regions } from '../components/discovery.ts';
import { allKinds, kindOf } from '../components/index.ts';
import type { Kind } from '../components/schemas.ts';
import type { Group } from '../drill/components.ts';
import { Aborted, DrillError, NoSession } from '../errors.ts';

/** Where to look. */
export interface Wanted extends Regions {
  account: string;
}

/** What an account has that a topology describes. */
export interface Found {
  topology: { account: string; regions: object } & Record<Group, Record<string, unknown>>;
  /** What was seen and is not described, in words. */
  passedOver: string[];
  /** What could not be asked, with the reason. */
  unasked: string[];
}

/** What any kind of discovery gives. */
interface Seen {
  found: { id: string; component: unknown }[];
  passedOver: string[];
}

const kinds = allKinds.map(({ kind }) => kind);

/** Reads what an account has in two regions. Changes nothing. */
export async function discover(aws: Aws, wanted: Wanted): Promise<Found> {
  const { primary, recovery, account } = wanted;
  const found: Found = {
    topology: { account, regions: { primary, recovery }, data: {}, compute: {}, traffic: {} },
    passedOver: [],
    unasked: [],
  };
  const discovered = await Promise.all(kinds.map((kind) => lookFor(kind, aws, wanted)));
  for (const [index, kind] of kinds.entries()) {
    const { result, unasked = [] } = discovered[index] ?? {};
    found.unasked.push(...unasked);
    found.passedOver.push(...(result?.passedOver ?? []));
    for (const one of result?.found ?? []) add(found, kind, one);
  }
  if (countOf(found) === 0) throw nothing(wanted, found);
  return found;
}

const countOf = ({ topology: { data, compute, traffic } }: Found): number =>
  Object.keys({ ...data, ...compute, ...traffic }).length;

async function lookFor(kind: Kind, aws: Aws, regions: Regions): Promise<Asked<Seen>> {
  const known = kindOf(kind).discovery;
  if ('not' in known) return {};
  return asked<Seen>(known.title, () => known.discover(aws, regions));
}

interface Asked<T> {
  result?: T;
  unasked?: string[];
}

/** What a look finds. Rejects where there is no session, and with any error that nobody has put into words. */
async function asked<T>(what: string, look: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { result: await look() };
  } catch (error) {
    if (!(error instanceof DrillError) || error instanceof NoSession || error instanceof Aborted) throw error;
    return { unasked: [`${what}: ${error.message.replaceAll(/\s+/g, ' ')}`] };
  }
}

/** Names of components are one for the whole topology. */
function add({ topology }: Found, kind: Kind, { id, component }: Seen['found'][number]): void {
  const isTaken = (name: string) => [topology.data, topology.compute, topology.traffic].some((group) => name in group);
  const names = [id, `${id}-${kind}`, ...Array.from({ length: 1_000 }, (_, index) => `${id}-${index + 2}`)];
  const name = names.find((one) => !isTaken(one)) ?? id;
  topology[kindOf(kind).group][name] = component;
}

function nothing({ primary, recovery, account }: Wanted, { passedOver, unasked }: Found): DrillError {
  const list = (title: string, all: readonly string[]) =>
    all.length === 0 ? '' : `\n${title}:\n${all.map((one) => `- ${one}`).join('\n')}`;
  return new DrillError(
    'nothing-found',
    `Account ${account} has nothing in ${primary} and ${recovery} that a topology describes.${list('Found, and not described', passedOver)}${list('Could not be asked', unasked)}`,
    { hint: 'Check the regions, the account and its permissions. No file was written.' },
  );
}

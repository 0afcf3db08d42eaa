import { ARN_FORM, type Arn, isMeantAsArn, parseArn } from '../arn.ts';
import { objectOf } from '../components/index.ts';
import { isRegion, partitionOf } from '../partition.ts';
import { allComponents, groupOf } from './components.ts';
import type { Path } from './locate.ts';
import { type Complaint, complaint } from './mistakes.ts';
import { textsIn } from './open-references.ts';
import { regionsOf } from './regions.ts';
import type { Topology } from './topology.ts';

/** What is only used, and touched by no drill, may belong to another account. */
const MAY_BE_OTHERS = ['kmsKey', 'key', 'secret'];

/** Regions of two partitions never see each other. */
export function partitionsFit(topology: Topology): Complaint[] {
  const { regions, witness } = topology;
  const { name } = partitionOf(regions.primary);
  const others: [Path, string | undefined][] = [
    [['regions', 'recovery'], regions.recovery],
    [['witness', 'region'], witness?.region],
    ...allComponents(topology).flatMap((one) => {
      const named = objectOf(one).regions?.(one as never, regions) ?? [];
      const path: Path = [groupOf(one, topology), one.id];
      return placesOf(named, one).map(({ at, region }): [Path, string] => [[...path, ...at], region]);
    }),
  ];
  return others.flatMap(([path, region]) => {
    if (region === undefined || partitionOf(region).name === name) return [];
    const message = `${region} is in the partition ${partitionOf(region).name}, and ${regions.primary} in ${name}`;
    return [complaint(path, message, { expected: `a region of ${name}` })];
  });
}

/** Where a component names some regions: as a key, or as a value. */
const placesOf = (regions: readonly string[], within: unknown, at: Path = []): { at: Path; region: string }[] => {
  if (typeof within === 'string') return regions.includes(within) ? [{ at, region: within }] : [];
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([key, value]) => {
    const here = [...at, Array.isArray(within) ? Number(key) : key];
    return regions.includes(key) ? [{ at: here, region: key }] : placesOf(regions, value, here);
  });
};

/**
 * ARNs of another account, region or partition than the topology's, wherever they are in data.
 * @param regions where all of it is, if that is known
 */
export const arnsFit = (
  data: unknown,
  topology: Topology,
  { regions }: { regions?: readonly string[] | undefined } = {},
): Complaint[] => textsIn(data).flatMap(({ path, text }) => arnFits(text, topology, path as Path, regions));

function arnFits(text: string, topology: Topology, path: Path, regions: readonly string[] | undefined): Complaint[] {
  // What a reference represents is known only in a run.
  if (!isMeantAsArn(text) || path[0] === 'description' || text.includes('${')) return [];
  const complain = (is: string, expected: string) => [complaint(path, `${text} is ${is}`, { expected })];
  const arn = parseArn(text);
  if (!arn || !isWhole(arn)) return complain('not an ARN', ARN_FORM);
  const { partition, account, region } = arn;
  const { name } = partitionOf(topology.regions.primary);
  if (partition !== name) return complain(`of the partition ${partition}`, `an ARN that begins as those of ${name}`);
  const isOthers = MAY_BE_OTHERS.includes(String(path.at(-1)));
  if (account !== '' && account !== topology.account && !isOthers)
    return complain(
      `of account ${account}`,
      `something of account ${topology.account}, the only one that a drill touches`,
    );
  const wanted = regions ?? regionsAt(path, topology);
  return region === '' || wanted.includes(region) ? [] : complain(`of ${region}`, `one of ${wanted.join(', ')}`);
}

/** Whether each part of an ARN has its form. */
const isWhole = ({ partition, service, region, account, resource }: Arn): boolean =>
  /^aws(-[a-z]+)*$/.test(partition) &&
  /^[a-z0-9-]+$/.test(service) &&
  (region === '' || isRegion(region)) &&
  /^(\d{12}|aws)?$/.test(account) &&
  resource !== '';

/** The regions that something at this path may be in. */
function regionsAt(path: Path, topology: Topology): string[] {
  const { regions } = topology;
  if (path.at(-1) === 'secret') return regionsOf(topology);
  const within = path.flatMap((_, depth) => (depth > 2 ? [path.slice(0, depth)] : []));
  const own = within.map((at) => valueAt(topology, [...at, 'region'])).findLast(isText);
  if (own !== undefined) return [own];
  if (path.some((key) => key === 'writer' || key === 'primary')) return [regions.primary];
  if (path.some((key) => key === 'replica' || key === 'recovery')) return [regions.recovery];
  return regionsOf(topology);
}

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((here, key) => (here as Record<PropertyKey, unknown> | undefined)?.[key], data);

const isText = (value: unknown): value is string => typeof value === 'string';

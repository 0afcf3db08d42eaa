import { partition } from '@aws-sdk/core/client';

/** What the SDK knows of the partition that a region is in; its types leave the last out. */
interface Partition {
  /** As it is in ARNs: aws, aws-cn, aws-us-gov, aws-eusc. */
  name: string;
  /** What the names of its endpoints end with. */
  dnsSuffix: string;
  dualStackDnsSuffix: string;
  /** Where its services are called that have one endpoint for all regions. */
  implicitGlobalRegion: string;
  /** The name of the region, if the SDK knows it. */
  description?: string;
}

const known = new Map<string, Partition>();

/** A region that the SDK does not know counts as one of the partition that its name's form belongs to. */
export function partitionOf(region: string): Partition {
  const found = known.get(region) ?? (partition(region) as ReturnType<typeof partition> & Partition);
  known.set(region, found);
  return found;
}

const AREAS = 'af ap ca cn eu eu-isoe eusc-de il me mx sa us us-gov us-iso us-isob us-isof'.split(' ');
const DIRECTIONS = 'central east north northeast northwest south southeast southwest west'.split(' ');
const FORM = new RegExp(`^(${AREAS.join('|')})-(${DIRECTIONS.join('|')})-[1-9]$`);

/** Whether AWS has a region of this name. Partitions other than `aws` have few regions, and the SDK may not know all of them. */
export function isRegion(name: string): boolean {
  if (!FORM.test(name)) return false;
  const { description, name: partitionName } = partitionOf(name);
  return description !== undefined || partitionName !== 'aws';
}

/** The regions that the SDK knows; it has no list of them, so each name that is possible is looked up. */
export const knownRegions = (): string[] =>
  AREAS.flatMap((area) =>
    DIRECTIONS.flatMap((direction) => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${area}-${direction}-${number}`)),
  ).filter((region) => partitionOf(region).description !== undefined);

export const dnsSuffixOf = (region: string): string => partitionOf(region).dnsSuffix;

export type GlobalService = 'iam' | 'route53';

/** Where a service with one endpoint for a whole partition is called, in the partition of a region. */
export function globalRegionOf(service: GlobalService, region: string): string {
  const { name, implicitGlobalRegion } = partitionOf(region);
  // China has two regions, and a global service of it is in the one or in the other.
  return name === 'aws-cn' && service === 'iam' ? 'cn-north-1' : implicitGlobalRegion;
}

/** The option by which the CLI finds a service of a whole partition; without one it takes that of the `aws` partition. */
export const cliRegion = (region: string): string => (partitionOf(region).name === 'aws' ? '' : ` --region ${region}`);

/** Whether a host is AWS's own, for the one who calls a region. */
export const isAwsHost = (host: string, region: string): boolean => {
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  return [dnsSuffix, dualStackDnsSuffix].some((suffix) => host.endsWith(`.${suffix}`));
};

import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Aws } from '../aws/aws.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { fileLease } from '../lease/file-lease.ts';
import type { LeaseStore } from '../lease/lease.ts';
import { s3Lease } from '../lease/s3-lease.ts';
import { refusal } from '../live/refusals.ts';
import { gatewayOutside, type LiveAccount } from './live-account.ts';
import { type Place, placeIn } from './s3-place.ts';

/** As others see who leads a run. */
export const owner = (): string => `${userInfo().username}@${hostname()}, process ${process.pid}`;

/** The lease on a topology: DR_DRILL_LEASES names a folder or a place in S3 where a team has its own; it is a folder on this machine otherwise. */
export function leaseOn({ topology, account, regions }: Topology, live: LiveAccount): LeaseStore {
  const where = process.env.DR_DRILL_LEASES ?? join(homedir(), '.dr-drill', 'leases');
  const name = `${account}-${topology}.json`;
  if (!where.startsWith('s3:')) return fileLease(join(where, name), live.clock);
  const place = placeIn('DR_DRILL_LEASES', where, name, regions.recovery);
  return s3Lease(place, awsFor(place, live));
}

/** Not the run's own way to AWS: renewals are no part of the drill, and would fill its journal. */
function awsFor({ bucket, region }: Place, live: LiveAccount): (signal: AbortSignal) => Aws {
  const calls = gatewayOutside(live, [region]);
  return (signal) => {
    const aws = calls({ step: 'lease', signal });
    return {
      call: (service, inRegion, operation, input, options) =>
        aws.call(service, inRegion, operation, input, options).catch((error: unknown) => {
          throw error instanceof Error && error.name === 'NoSuchBucket'
            ? new DrillError('lease-store-missing', `There is no bucket ${bucket} in ${region} to keep leases in.`, {
                hint: 'Correct DR_DRILL_LEASES, or unset it: leases then stand on this machine alone.',
                cause: error,
              })
            : refusal(error, { service, region: inRegion, operation });
        }),
    };
  };
}

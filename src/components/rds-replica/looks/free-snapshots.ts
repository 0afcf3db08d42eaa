import { blocker } from '../../../steps/account/findings.ts';
import type { LookFor } from '../../../steps/account/look.ts';
import { madeBy, markInTags } from '../../../steps/mark.ts';
import { findSnapshot, snapshotArn } from '../steps/snapshot.ts';

/** A snapshot name that must be free. */
export const freeSnapshotLook: LookFor<'rds-free-snapshot'> = {
  calls: () => ['rds:DescribeDBSnapshots'],
  permissions: ({ region, snapshot }, account) => [
    { action: 'rds:DescribeDBSnapshots', resource: snapshotArn(region, account, snapshot) },
  ],
  subject: ({ snapshot }) => snapshot,
  async look({ region, snapshot, drill }, context) {
    const taken = await findSnapshot(context, region, snapshot);
    const row = { what: `snapshot ${snapshot}`, topology: 'not there', account: taken?.Status ?? 'not there' };
    if (!taken) return { rows: [row], findings: [] };
    const what = `there is a snapshot ${snapshot} in ${region} already, and ${madeBy(markInTags(taken.TagList), drill)}`;
    const fix = `Give another name in the drill file, or delete it by hand: aws rds delete-db-snapshot --region ${region} --db-snapshot-identifier ${snapshot}`;
    return { rows: [row], findings: [blocker(snapshot, what, 'The drill makes a snapshot of that name.', fix)] };
  },
};

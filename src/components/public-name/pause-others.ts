import { globalRegionOf } from '../../partition.ts';

/**
 * What a person can do about another owner of the records.
 * @param region any of the partition
 */
export const pauseOthers = (region: string): string =>
  `Pause everything else that manages these records (external-dns, Terraform, another pipeline), and run again. Route 53 keeps no author: CloudTrail in ${globalRegionOf('route53', region)} names who called.`;

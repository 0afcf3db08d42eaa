import { isAwsError } from '../../../aws/aws.ts';
import { blocker } from '../../../steps/account/findings.ts';
import { type LookFor, rootOf } from '../../../steps/account/look.ts';
import { keyPermissions } from '../steps/kms-key.ts';

/** A key of a region that data is encrypted with: there, enabled, and of the kind that RDS takes. */
export const keyLook: LookFor<'kms-key'> = {
  calls: () => ['kms:DescribeKey'],
  permissions: ({ region, key }, account) =>
    keyPermissions({ region, named: key }, account).filter(({ action }) => action === 'kms:DescribeKey'),
  subject: ({ key }) => key,
  async look({ region, key }, { aws }) {
    const asked = aws.call('kms', region, 'DescribeKey', { KeyId: key });
    const found = await asked.then(
      ({ KeyMetadata }) => KeyMetadata,
      (error: unknown) => {
        if (isAwsError(rootOf(error), 'NotFound')) return undefined;
        throw error;
      },
    );
    const { KeyState, KeyUsage, KeySpec } = found ?? {};
    const row = {
      what: `key ${key} in ${region}`,
      topology: 'Enabled',
      account: found ? (KeyState ?? 'unknown') : 'not there',
    };
    const what = !found
      ? `there is no key ${key} in ${region}`
      : KeyState !== 'Enabled'
        ? `the key ${key} in ${region} is ${KeyState}`
        : KeyUsage !== 'ENCRYPT_DECRYPT' || KeySpec !== 'SYMMETRIC_DEFAULT'
          ? `the key ${key} in ${region} is a ${KeySpec} for ${KeyUsage}, and RDS takes symmetric keys for encryption`
          : undefined;
    if (what === undefined) return { rows: [row], findings: [], ...(found?.Arn && { arns: [found.Arn] }) };
    const why = 'Nothing could be copied or made with it in that region.';
    const fix =
      KeyState === 'Disabled'
        ? `aws kms enable-key --region ${region} --key-id ${found?.KeyId}`
        : KeyState === 'PendingDeletion'
          ? `aws kms cancel-key-deletion --region ${region} --key-id ${found?.KeyId} && aws kms enable-key --region ${region} --key-id ${found?.KeyId}`
          : `Correct kmsKey in the topology: aws kms list-aliases --region ${region}`;
    return { rows: [row], findings: [blocker(key, what, why, fix)] };
  },
};

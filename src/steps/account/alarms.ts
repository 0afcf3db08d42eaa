import { regionalArn } from '../../arn.ts';
import { listOf } from '../../aws/pages.ts';
import { blocker, warning } from './findings.ts';
import type { LookFor } from './look.ts';

/** An alarm that the drill looks at: it must exist, and be quiet before the drill. */
export const alarmLook: LookFor<'alarm'> = {
  calls: () => ['cloudwatch:DescribeAlarms'],
  permissions: ({ region, name }, account) => [
    {
      action: 'cloudwatch:DescribeAlarms',
      resource: regionalArn({ service: 'cloudwatch', region, account, resource: `alarm:${name}` }),
    },
  ],
  subject: ({ name }) => name,
  async look({ region, name, for: purpose }, { aws }) {
    const asked = { AlarmNames: [name] };
    const alarms = await listOf(aws, 'cloudwatch', region, 'DescribeAlarms', 'MetricAlarms', asked);
    const state = alarms.find(({ AlarmName }) => AlarmName === name)?.StateValue;
    const row = { what: `alarm ${name} in ${region}`, topology: 'OK', account: state ?? 'not there' };
    const see = `aws cloudwatch describe-alarms --region ${region} --alarm-names ${name}`;
    if (state === undefined) {
      const [severity, why] =
        purpose === 'stop'
          ? [warning, 'It could never stop the drill.']
          : [blocker, 'The verification wants it to be quiet, and would fail.'];
      const fix = `Correct the name, or create the alarm: ${see}`;
      return { rows: [row], findings: [severity(name, `there is no alarm ${name} in ${region}`, why, fix)] };
    }
    if (state !== 'ALARM') return { rows: [row], findings: [] };
    const why = 'A drill begins with a healthy system.';
    return { rows: [row], findings: [warning(name, `${name} is in alarm already`, why, `See why: ${see}`)] };
  },
};

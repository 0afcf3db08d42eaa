import { globalArn, isArn, nameIn, parseArn, regionalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { globalRegionOf } from '../../partition.ts';
import type { Permission } from '../step.ts';
import { blocker, type Finding, note, warning } from './findings.ts';
import { goesUnanswered, type LookContext, type LookFor, rootOf } from './look.ts';

const notFoundIs =
  (...codes: string[]) =>
  (error: unknown): undefined => {
    if (isAwsError(rootOf(error), ...codes)) return undefined;
    throw error;
  };

const notRun = 'The step that runs it would fail.';

/** A function that the drill calls: there, and not failed. */
export const functionLook: LookFor<'lambda-function'> = {
  calls: () => ['lambda:GetFunctionConfiguration'],
  permissions: ({ region, function: name }, account) => [
    {
      action: 'lambda:GetFunctionConfiguration',
      resource: isArn(name) ? name : regionalArn({ service: 'lambda', region, account, resource: `function:${name}` }),
    },
  ],
  subject: (need) => need.function,
  async look({ region, function: name }, { aws }) {
    const asked = aws.call('lambda', region, 'GetFunctionConfiguration', { FunctionName: name });
    const found = await asked.catch(notFoundIs('ResourceNotFound'));
    const { State, LastUpdateStatus, StateReason, LastUpdateStatusReason } = found ?? {};
    const row = {
      what: `function ${name} in ${region}`,
      topology: 'Active',
      account: found ? (State ?? 'there') : 'not there',
    };
    const see = `aws lambda get-function-configuration --region ${region} --function-name ${name}`;
    if (!found) {
      const fix = `Correct the drill file, or deploy it: aws lambda list-functions --region ${region} --query 'Functions[].FunctionName'`;
      return { rows: [row], findings: [blocker(name, `there is no function ${name} in ${region}`, notRun, fix)] };
    }
    if (State === 'Failed') {
      const what = `the function ${name} in ${region} is Failed: ${StateReason ?? 'AWS tells no reason'}`;
      return { rows: [row], findings: [blocker(name, what, notRun, `See why: ${see}`)] };
    }
    if (State === 'Inactive' || State === 'Pending') {
      const what = `the function ${name} in ${region} is ${State}`;
      const why = 'Lambda refuses the first call while it makes the function ready.';
      return { rows: [row], findings: [warning(name, what, why, `Call it once before the drill, or wait: ${see}`)] };
    }
    if (LastUpdateStatus === 'Failed') {
      const what = `the last update of ${name} in ${region} failed: ${LastUpdateStatusReason ?? 'AWS tells no reason'}`;
      const why = 'The code from before the update still runs.';
      return { rows: [row], findings: [warning(name, what, why, `See why: ${see}`)] };
    }
    return { rows: [row], findings: [] };
  },
};

/** A document of Systems Manager that the drill starts: there, an automation, with the parameters that it is given. */
export const documentLook: LookFor<'ssm-document'> = {
  calls: ({ role }) => ['ssm:DescribeDocument', ...(role === undefined ? [] : ['iam:GetRole'])],
  permissions: ({ region, document, role }, account) => [
    {
      action: 'ssm:DescribeDocument',
      resource: isArn(document)
        ? document
        : regionalArn({ service: 'ssm', region, account, resource: `document/${document}` }),
    },
    ...(role === undefined ? [] : [rolePermission(role, { region, account })]),
  ],
  subject: ({ document }) => document,
  async look({ region, document, parameters, role }, context) {
    const asked = context.aws.call('ssm', region, 'DescribeDocument', { Name: document });
    const found = (await asked.catch(notFoundIs('InvalidDocument')))?.Document;
    const account = found ? `${found.DocumentType}, ${found.Status}` : 'not there';
    const row = { what: `document ${document} in ${region}`, topology: 'Automation, Active', account };
    const see = `aws ssm describe-document --region ${region} --name ${document}`;
    if (!found) {
      const fix = `Correct the drill file: aws ssm list-documents --region ${region} --filters Key=DocumentType,Values=Automation --query 'DocumentIdentifiers[].Name'`;
      return {
        rows: [row],
        findings: [blocker(document, `there is no document ${document} in ${region}`, notRun, fix)],
      };
    }
    const wrong = [
      ...(found.DocumentType === 'Automation' ? [] : [`${document} is a ${found.DocumentType}, no automation`]),
      ...(found.Status === 'Active' ? [] : [`the document ${document} in ${region} is ${found.Status}`]),
      ...wrongParameters(document, parameters, found.Parameters),
    ];
    const findings = wrong.map((what) => blocker(document, what, notRun, `Compare it with the drill file: ${see}`));
    const ofRole = role === undefined ? [] : await roleFindings(role, { region, by: document }, context);
    return { rows: [row], findings: [...findings, ...ofRole] };
  },
};

/** A document that lists no parameters is not compared: Systems Manager adds some of its own. */
function wrongParameters(
  document: string,
  given: readonly string[],
  taken: readonly { Name?: string | undefined; DefaultValue?: string | undefined }[] | undefined,
): string[] {
  if (!taken) return [];
  const names = taken.map(({ Name }) => Name);
  const lacking = taken.filter(({ Name = '', DefaultValue }) => DefaultValue === undefined && !given.includes(Name));
  return [
    ...given.filter((name) => !names.includes(name)).map((name) => `${document} has no parameter ${name}`),
    ...lacking.map(({ Name }) => `${document} needs the parameter ${Name}, which the drill does not give`),
  ];
}

/** An experiment template, with the role that FIS acts with and the alarms that stop it. */
export const templateLook: LookFor<'fis-template'> = {
  calls: () => ['fis:GetExperimentTemplate', 'iam:GetRole', 'cloudwatch:DescribeAlarms'],
  permissions: ({ region, template }, account) => [
    {
      action: 'fis:GetExperimentTemplate',
      resource: regionalArn({ service: 'fis', region, account, resource: `experiment-template/${template}` }),
    },
    { action: 'iam:GetRole', resource: globalArn({ service: 'iam', region, account, resource: 'role/*' }) },
    {
      action: 'cloudwatch:DescribeAlarms',
      resource: regionalArn({ service: 'cloudwatch', region, account, resource: 'alarm:*' }),
    },
  ],
  subject: ({ template }) => template,
  async look({ region, template }, context) {
    const asked = context.aws.call('fis', region, 'GetExperimentTemplate', { id: template });
    const found = (await asked.catch(notFoundIs('ResourceNotFound')))?.experimentTemplate;
    const row = {
      what: `experiment template ${template} in ${region}`,
      topology: 'there',
      account: found ? 'there' : 'not there',
    };
    if (!found) {
      const fix = `Correct the drill file: aws fis list-experiment-templates --region ${region} --query 'experimentTemplates[].id'`;
      const what = `there is no experiment template ${template} in ${region}`;
      return { rows: [row], findings: [blocker(template, what, notRun, fix)] };
    }
    const { roleArn, stopConditions = [] } = found;
    const alarms = stopConditions.flatMap(({ source, value }) =>
      source === 'aws:cloudwatch:alarm' && value ? [value.split(':alarm:')[1] ?? value] : [],
    );
    const findings = await Promise.all([
      roleArn === undefined ? [] : roleFindings(roleArn, { region, by: template }, context),
      ...alarms.map((name) => stopAlarmFindings(name, { region, template }, context)),
    ]);
    return { rows: [row], findings: findings.flat() };
  },
};

async function stopAlarmFindings(
  name: string,
  { region, template }: { region: string; template: string },
  { aws }: LookContext,
): Promise<Finding[]> {
  const asked = { AlarmNames: [name] };
  const alarms = await listOf(aws, 'cloudwatch', region, 'DescribeAlarms', 'MetricAlarms', asked);
  const state = alarms.find(({ AlarmName }) => AlarmName === name)?.StateValue;
  const see = `aws cloudwatch describe-alarms --region ${region} --alarm-names ${name}`;
  if (state === undefined) {
    const what = `there is no alarm ${name} in ${region}, which is to stop ${template}`;
    return [
      blocker(
        name,
        what,
        'FIS refuses to start an experiment whose stop condition is not there.',
        `Make it, or correct the template: ${see}`,
      ),
    ];
  }
  if (state !== 'ALARM') return [];
  const what = `${name} is in alarm, and stops ${template}`;
  return [blocker(name, what, 'FIS ends the experiment as soon as it begins.', `See why: ${see}`)];
}

const rolePermission = (role: string, { region, account }: { region: string; account: string }): Permission => ({
  action: 'iam:GetRole',
  resource: isArn(role) ? role : globalArn({ service: 'iam', region, account, resource: `role/${role}` }),
});

/** IAM's control plane is in one region: a role that cannot be asked for is a note. */
async function roleFindings(
  role: string,
  { region, by }: { region: string; by: string },
  { aws }: LookContext,
): Promise<Finding[]> {
  const name = parseArn(role) ? nameIn(role) : role;
  try {
    await aws.call('iam', globalRegionOf('iam', region), 'GetRole', { RoleName: name });
    return [];
  } catch (error) {
    if (isAwsError(rootOf(error), 'NoSuchEntity')) {
      const what = `there is no role ${name}, which ${by} acts with`;
      return [blocker(by, what, notRun, `Make the role, or name another one: aws iam get-role --role-name ${name}`)];
    }
    if (!goesUnanswered(error)) throw error;
    const what = `whether the role ${name} is there, which ${by} acts with, is not known: ${(error as Error).message}`;
    return [note(by, what, notRun, `See it: aws iam get-role --role-name ${name}`)];
  }
}

import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { type LookFor, together } from '../../../steps/account/look.ts';
import { quotaCalls, quotaPermissions } from '../../../steps/account/quotas.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { type Bounds, readAll, servicePermissions, targetsFound } from '../asking.ts';
import { sizeOf } from '../size.ts';
import { fargateLooks } from './fargate-quota.ts';
import { servicesOrNone } from './services.ts';

type SizesNeed = NeedOf<'ecs-sizes'>;
type Wanted = SizesNeed['wanted'][number];

/** Whether Application Auto Scaling and the quotas of Fargate let services have the size that the drill gives them. */
export const sizesLook: LookFor<'ecs-sizes'> = {
  calls: () => [
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'applicationautoscaling:DescribeScalableTargets',
    'cloudwatch:GetMetricData',
    ...quotaCalls,
  ],
  permissions: (need, account) => [
    ...servicePermissions(need, namesIn(need), account, ['ecs:DescribeServices']),
    ...readAll(
      'ecs:DescribeTaskDefinition',
      'application-autoscaling:DescribeScalableTargets',
      'cloudwatch:GetMetricData',
    ),
    ...quotaPermissions,
  ],
  subject: ({ cluster }) => `sizes of services in ${cluster}`,
  async look(need, context) {
    const names = namesIn(need);
    const services = await servicesOrNone({ ...need, services: names }, context);
    if (!services) return { rows: [], findings: [] };
    const targets = await targetsFound(need, names, context);
    const scaled = need.wanted.flatMap((one) => {
      const bounds = targets.get(one.name);
      if (!bounds) return [];
      const row = {
        what: `${one.name} in ${need.cluster} scalable target`,
        topology: String(one.tasks),
        account: `${bounds.min} to ${bounds.max}`,
      };
      return [{ rows: [row], findings: findingsOf(need, one, bounds) }];
    });
    return together([...scaled, ...(await fargateLooks(need, services, context))]);
  },
};

const namesIn = ({ wanted }: SizesNeed): string[] => wanted.map(({ name }) => name);

function findingsOf(
  { region, cluster, exactly }: SizesNeed,
  { name, tasks, minimum: asked }: Wanted,
  bounds: Bounds,
): Finding[] {
  const { min, max } = bounds;
  const register = (limit: string) =>
    `aws application-autoscaling register-scalable-target --region ${region} --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/${cluster}/${name} ${limit}`;
  if (max < tasks)
    return [
      blocker(
        name,
        `Application Auto Scaling allows ${max} tasks of ${name} in ${cluster}, and the drill wants ${tasks}`,
        'It would take the others away, and the region would not have its full size.',
        `Raise it: ${register(`--max-capacity ${tasks}`)}`,
      ),
    ];
  const size = sizeOf({ tasks, minimum: asked }, exactly, bounds);
  if (exactly && size.tasks > tasks)
    return [
      warning(
        name,
        `${name} keeps ${size.tasks} tasks in ${cluster}, not ${tasks}: the topology gives it that minimum`,
        'The drill scales no service below the minimum of Application Auto Scaling.',
        "Lower 'minimum' of the service in the topology.",
      ),
    ];
  if (size.minimum === null || size.minimum === min) return [];
  const changed = `the minimum of ${name} in ${cluster} from ${min} to ${size.minimum}`;
  const [what, why] = exactly
    ? [`the drill sets ${changed}`, 'A drill raised it when the region had to serve.']
    : [
        `the drill raises ${changed}`,
        'Otherwise Application Auto Scaling takes tasks away that have nothing to do before customers come. An undo puts it back, and so does the drill that has the region stand by again.',
      ];
  return [note(name, what, why, 'Have no other tool set it meanwhile.')];
}

import type { DescribeTaskDefinitionResponse, Service } from '@aws-sdk/client-ecs';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookContext, type LookFor, together, UNSAID } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { readAll, rolePermissions, servicePermissions } from '../asking.ts';
import { definitionOf, secretsIn, valuesIn } from '../task-definition.ts';
import { servicesOrNone } from './services.ts';

type DefinitionsNeed = NeedOf<'task-definitions'>;
type Wanted = DefinitionsNeed['services'][number];

/** What services run: whether they can be told where to write, and whether their images come from their own region. */
export const taskDefinitionsLook: LookFor<'task-definitions'> = {
  calls: () => ['ecs:DescribeServices', 'ecs:DescribeTaskDefinition'],
  permissions: (need, account) => [
    ...servicePermissions(need, namesIn(need), account, ['ecs:DescribeServices']),
    ...readAll('ecs:DescribeTaskDefinition'),
    ...(need.services.some(({ variables }) => variables.length > 0) ? rolePermissions(need, account) : []),
  ],
  subject: ({ cluster }) => `task definitions in ${cluster}`,
  async look(need, context) {
    const services = await servicesOrNone({ ...need, services: namesIn(need) }, context);
    if (!services) return { rows: [], findings: [] };
    const looks = need.services.map(async (one) => {
      const service = services.get(one.name);
      return service ? definitionLook(need, one, service, context) : { rows: [], findings: [] };
    });
    return together(await Promise.all(looks));
  },
};

const namesIn = ({ services }: DefinitionsNeed): string[] => services.map(({ name }) => name);

async function definitionLook(
  need: DefinitionsNeed,
  wanted: Wanted,
  service: Service,
  context: LookContext,
): Promise<Look> {
  const { region, cluster } = need;
  const { name, variables } = wanted;
  const described = await definitionOf(region, service.taskDefinition ?? '', context);
  const values = valuesIn(described, variables);
  const secrets = secretsIn(described);
  const controller = service.deploymentController?.type ?? 'ECS';
  const images = imagesIn(described);
  return {
    ...together([
      ...variables.map((variable) =>
        fact(
          {
            what: `${name} in ${cluster} ${variable}`,
            topology: 'a variable',
            account: values[variable] ?? (secrets.includes(variable) ? 'a secret' : 'not there'),
          },
          values[variable] === null ? [cannotSet(wanted, variable, secrets.includes(variable))] : [],
        ),
      ),
      fact(
        { what: `${name} in ${cluster} deployed by`, topology: 'ECS', account: controller },
        controller === 'ECS' ? [] : [otherController(name, controller)],
      ),
      fact(
        { what: `${name} in ${cluster} images`, topology: UNSAID, account: images.join(', ') || UNSAID },
        images.flatMap((image) => elsewhere(name, image, region) ?? []),
      ),
    ]),
    arns: variables.length === 0 ? [] : rolesIn(described),
  };
}

const imagesIn = ({ taskDefinition }: DescribeTaskDefinitionResponse): string[] =>
  (taskDefinition?.containerDefinitions ?? []).flatMap(({ image }) => image ?? []);

const rolesIn = ({ taskDefinition }: DescribeTaskDefinitionResponse): string[] =>
  [taskDefinition?.taskRoleArn, taskDefinition?.executionRoleArn].filter((arn) => arn !== undefined);

const cannotSet = ({ name }: Wanted, variable: string, isSecret: boolean): Finding =>
  blocker(
    name,
    isSecret
      ? `${name} is given ${variable} from a secret`
      : `no container of ${name} has the environment variable ${variable}`,
    'The drill could not tell it where to write.',
    isSecret
      ? "Write 'restart: true' instead of the variable in 'uses', and have the secret changed."
      : "Correct 'uses' in the topology, or write 'restart: true' where tasks read the address elsewhere.",
  );

const otherController = (name: string, controller: string): Finding =>
  blocker(
    name,
    `deployments of ${name} are made by ${controller}, not by ECS`,
    'ECS refuses a new task definition and a forced deployment for it.',
    'Give the service the deployment controller ECS.',
  );

/** An image in a registry of ECR in another region. */
function elsewhere(name: string, image: string, region: string): Finding | undefined {
  const home = /\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(image)?.[1];
  if (home === undefined || home === region) return undefined;
  return warning(
    name,
    `${name} pulls ${image} from ${home}`,
    `While ${home} is lost no new task can start.`,
    `Replicate the repository to ${region}, and name it there in the task definition.`,
  );
}

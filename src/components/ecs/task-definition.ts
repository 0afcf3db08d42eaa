import { isDeepStrictEqual } from 'node:util';
import type { DescribeTaskDefinitionResponse, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { DrillError } from '../../errors.ts';
import { untilAnswered } from '../../steps/poll.ts';
import type { StepContext } from '../../steps/step.ts';

type Environment = Readonly<Record<string, string>>;
type Described = Pick<DescribeTaskDefinitionResponse, 'taskDefinition' | 'tags'>;

/** A task definition by its ARN, or the newest of a family. */
export const definitionOf = (
  region: string,
  taskDefinition: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<Described> => aws.call('ecs', region, 'DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] });

/** The values of variables in a task definition, of the first container that has each; `null` for one that none has. */
export function valuesIn({ taskDefinition }: Described, variables: readonly string[]): Record<string, string | null> {
  const all = (taskDefinition?.containerDefinitions ?? []).flatMap(({ environment = [] }) => environment);
  return Object.fromEntries(variables.map((name) => [name, all.find((one) => one.name === name)?.value ?? null]));
}

/** Variables that containers are given from a secret. */
export const secretsIn = ({ taskDefinition }: Described): string[] =>
  (taskDefinition?.containerDefinitions ?? []).flatMap(({ secrets = [] }) => secrets.flatMap(({ name }) => name ?? []));

/** The revision that has these values: the newest where it is already so, or a new one. Nothing else is changed. */
export async function revisionWith(
  region: string,
  from: string,
  environment: Environment,
  context: StepContext,
): Promise<string> {
  const { taskDefinition, tags } = await untilAnswered(context, () => definitionOf(region, from, context));
  const wanted = changed({ taskDefinition, tags }, environment);
  return untilAnswered(context, async () => {
    // An answer that was lost may have left one.
    const newest = await definitionOf(region, wanted.family ?? '', context);
    if (isDeepStrictEqual(registrable(newest), wanted)) return newest.taskDefinition?.taskDefinitionArn ?? from;
    const made = await context.aws.call('ecs', region, 'RegisterTaskDefinition', wanted);
    return made.taskDefinition?.taskDefinitionArn ?? from;
  });
}

function changed(described: Described, environment: Environment): RegisterTaskDefinitionRequest {
  const found = valuesIn(described, Object.keys(environment));
  const absent = Object.keys(environment).filter((name) => found[name] === null);
  if (absent.length > 0) throw noVariable(described.taskDefinition?.taskDefinitionArn ?? '', absent);
  const whole = registrable(described);
  return {
    ...whole,
    containerDefinitions: whole.containerDefinitions?.map((container) => ({
      ...container,
      ...(container.environment && {
        environment: container.environment.map((one) => ({ ...one, value: environment[one.name ?? ''] ?? one.value })),
      }),
    })),
  };
}

/** What ECS itself adds to what was registered. */
function registrable({ taskDefinition, tags }: Described): RegisterTaskDefinitionRequest {
  const {
    taskDefinitionArn,
    revision,
    status,
    requiresAttributes,
    compatibilities,
    registeredAt,
    registeredBy,
    deregisteredAt,
    ...asked
  } = taskDefinition ?? {};
  return {
    ...asked,
    family: asked.family,
    containerDefinitions: asked.containerDefinitions,
    ...(tags?.length && { tags: [...tags] }),
  };
}

const noVariable = (arn: string, variables: readonly string[]): DrillError =>
  new DrillError('variable-missing', `No container of ${arn} has the environment variable ${variables.join(', ')}.`, {
    hint: "Correct 'uses' in the topology, or write 'restart: true' where tasks read the address elsewhere.",
  });

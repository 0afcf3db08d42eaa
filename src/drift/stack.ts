import * as z from 'zod';
import { parseArn } from '../arn.ts';
import { DrillError } from '../errors.ts';

/** A resource as a stack of CloudFormation knows it. */
export interface StackResource {
  logicalId: string;
  physicalId: string;
  type: string;
  /** Where the stack is; nothing, where the file does not say. */
  region: string | undefined;
}

const resource = z.object({
  LogicalResourceId: z.string(),
  /** Absent for one that failed to be made. */
  PhysicalResourceId: z.string().optional(),
  ResourceType: z.string(),
  StackId: z.string().optional(),
});
const described = z.object({ StackResources: z.array(resource) });
const listed = z.object({ StackResourceSummaries: z.array(resource) });

/** The resources of a stack, from what `aws cloudformation describe-stack-resources` or `list-stack-resources` prints. */
export function resourcesOfStack(text: string, path: string): StackResource[] {
  const json = parsed(text);
  const asDescribed = described.safeParse(json);
  const asListed = listed.safeParse(json);
  const all = asDescribed.data?.StackResources ?? asListed.data?.StackResourceSummaries;
  if (!all)
    throw new DrillError('state-invalid', `${path} does not list the resources of a stack.`, {
      hint: 'Write it with: aws cloudformation describe-stack-resources --stack-name <stack> > stack.json',
    });
  return all.flatMap(({ LogicalResourceId, PhysicalResourceId, ResourceType, StackId = '' }) =>
    PhysicalResourceId === undefined
      ? []
      : [
          {
            logicalId: LogicalResourceId,
            physicalId: PhysicalResourceId,
            type: ResourceType,
            region: parseArn(StackId)?.region,
          },
        ],
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

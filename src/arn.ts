import { partitionOf } from './partition.ts';

/** An ARN in its parts; `region` and `account` are empty where its service has no such part. */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  resource: string;
}

interface Named {
  service: string;
  region: string;
  /** Absent where its service leaves it out, as S3 and Route 53 do. */
  account?: string;
  resource: string;
}

/** The ARN of something in a region. */
export const regionalArn = ({ service, region, account = '', resource }: Named): string =>
  build({ partition: partitionOf(region).name, service, region, account, resource });

/** The ARN of something that no region is part of the name of: the region tells the partition only. */
export const globalArn = ({ service, region, account = '', resource }: Named): string =>
  build({ partition: partitionOf(region).name, service, region: '', account, resource });

/** The parts of an ARN; nothing where the text is none. */
export function parseArn(text: string | undefined): Arn | undefined {
  const [arn, partition = '', service = '', region = '', account = '', ...resource] = text?.split(':') ?? [];
  if (arn !== 'arn' || resource.length === 0) return undefined;
  return { partition, service, region, account, resource: resource.join(':') };
}

// The SDK has these as well, and brings its HTTP protocols with them: a tenth of what starting a command takes.
const build = ({ partition, service, region, account, resource }: Arn): string =>
  ['arn', partition, service, region, account, resource].join(':');

export const isArn = (text: string | undefined): boolean => parseArn(text) !== undefined;

export const isMeantAsArn = (text: string): boolean => /^arn:/i.test(text);

export const ARN_FORM = 'arn:<partition>:<service>:<region>:<account>:<resource>';

/** The same resource type in the same region and account under another name: what a bare name means beside a neighbour. */
export function arnBeside(named: string, neighbour: string | undefined): string {
  const beside = parseArn(neighbour);
  if (isArn(named) || !beside) return named;
  return build({ ...beside, resource: beside.resource.replace(/[^:/]*$/, named) });
}

/** The name of a resource, also where its ARN is given. */
export function nameIn(named: string): string {
  const arn = parseArn(named);
  if (!arn) return named;
  const [kind = '', ...path] = arn.resource.split(/[:/]/);
  switch (arn.service) {
    case 's3':
    case 'sns':
      return kind;
    case 'ecs':
    case 'iam':
      return path.at(-1) ?? kind;
    case 'kafka':
      return path[0] ?? kind;
    case 'eks':
      return path[kind === 'nodegroup' ? 1 : 0] ?? kind;
    case 'secretsmanager':
      // Secrets Manager ends every ARN with six characters of its own.
      return arn.resource.replace(/^secret:/, '').replace(/-\w{6}$/, '');
    default:
      return arn.resource.replace(/^[\w-]+[:/]/, '');
  }
}

/** What ARNs of a service look like, for the pattern of a schema. */
export const arnForm = (service: string, resource: string): string =>
  `arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:${resource}`;

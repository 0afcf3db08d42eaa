import { NormalizedSchema, type TypeRegistry } from '@smithy/core/schema';
import { actionOf } from '../aws/actions.ts';
import type { Service } from '../aws/aws.ts';

/** One operation as its client's own schema has it. */
export interface Operation {
  name: string;
  /** What policies call it, such as `rds:PromoteReadReplica`. */
  action: string;
  input: NormalizedSchema;
  output: NormalizedSchema;
  /** How REST protocols say which operation they mean. */
  http: [method: string, uri: string, status: number] | undefined;
}

/** What a client knows about the protocol of its service. */
export interface ProtocolSettings {
  defaultNamespace: string;
  errorTypeRegistries?: TypeRegistry[];
  xmlNamespace?: string;
  version?: string;
  serviceTarget: string;
  awsQueryCompatible?: boolean;
}

export interface ServedService {
  service: Service;
  /** Its name in the scope of a signature, such as `monitoring`. */
  signingName: string;
  /** What its actions begin with in policies, such as `cloudwatch`. */
  actionPrefix: string;
  /** The shape id of its own protocol, such as `aws.protocols#awsQuery`. */
  protocol: string;
  settings: ProtocolSettings;
  operations: Map<string, Operation>;
}

/** What is used of any client of the SDK. */
interface AnyClient {
  config: {
    protocol: { getShapeId(): string };
    protocolSettings: ProtocolSettings;
    defaultSigningName: string;
  };
}
type AnyCommand = new (input: object) => { schema: OperationSchema };
type Ref = Parameters<typeof NormalizedSchema.of>[0];
type OperationSchema = [kind: 9, namespace: string, name: string, traits: unknown, input: Ref, output: Ref];

/** Services whose actions are not named as their signatures are. */
const actionPrefixes: Record<string, string> = { monitoring: 'cloudwatch' };

/** Every service that a drill may use, by the name in a signature's scope; all read off the SDK's own clients. */
export async function catalogue(): Promise<Map<string, ServedService>> {
  const { services } = await import('../aws/services/index.ts');
  const served = Object.entries(services).map(([service, { Client, reads, changes }]) => {
    const client = new Client({ region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
    const commands = { ...reads, ...changes } as unknown as Record<string, AnyCommand>;
    return describe(service as Service, client as unknown as AnyClient, commands);
  });
  return new Map(served.map((one) => [one.signingName, one]));
}

function describe(service: Service, { config }: AnyClient, commands: Record<string, AnyCommand>): ServedService {
  const signingName = config.defaultSigningName;
  const actionPrefix = actionPrefixes[signingName] ?? signingName;
  return {
    service,
    signingName,
    actionPrefix,
    protocol: config.protocol.getShapeId(),
    settings: config.protocolSettings,
    operations: new Map(
      Object.entries(commands).map(([name, Command]) => [name, operation(actionPrefix, new Command({}).schema)]),
    ),
  };
}

function operation(actionPrefix: string, [, , name, traits, input, output]: OperationSchema): Operation {
  const { http } = (typeof traits === 'object' ? traits : {}) as { http?: Operation['http'] };
  const action = actionOf(`${actionPrefix}:${name}`);
  return { name, action, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), http };
}

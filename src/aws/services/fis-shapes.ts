import { ServiceException } from '@smithy/core/client';
import { TypeRegistry } from '@smithy/core/schema';

/** What is used of FIS, in the form of the SDK's own schemas. Source: AWS's API reference, version 2020-12-01. */
export const NAMESPACE = 'com.amazonaws.fis';

export type FisStatus =
  | 'pending'
  | 'initiating'
  | 'running'
  | 'completed'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'cancelled';

export interface FisState {
  status?: FisStatus | undefined;
  reason?: string | undefined;
  error?: { accountId?: string | undefined; code?: string | undefined; location?: string | undefined } | undefined;
}

export interface FisAction {
  actionId?: string | undefined;
  description?: string | undefined;
  state?: { status?: FisStatus | 'skipped' | undefined; reason?: string | undefined } | undefined;
  startTime?: Date | undefined;
  endTime?: Date | undefined;
}

export interface FisExperimentSummary {
  id?: string | undefined;
  arn?: string | undefined;
  experimentTemplateId?: string | undefined;
  state?: FisState | undefined;
  creationTime?: Date | undefined;
}

export interface FisExperiment extends FisExperimentSummary {
  roleArn?: string | undefined;
  actions?: Record<string, FisAction> | undefined;
  stopConditions?: { source?: string | undefined; value?: string | undefined }[] | undefined;
  startTime?: Date | undefined;
  endTime?: Date | undefined;
}

export interface FisTemplate {
  id?: string | undefined;
  arn?: string | undefined;
  description?: string | undefined;
  roleArn?: string | undefined;
  stopConditions?: FisExperiment['stopConditions'];
}

/** As the SDK writes its schemas: kinds of shapes, and the kinds of their members. */
const [LIST, MAP, STRUCTURE, OPERATION, ERROR] = [1, 2, 3, 9, -3] as const;
const [TEXT, NUMBER, TIME] = [0, 1, 4] as const;

const structure = (name: string, members: Record<string, unknown>, required?: number) =>
  [
    STRUCTURE,
    NAMESPACE,
    name,
    0,
    Object.keys(members),
    Object.values(members),
    ...(required === undefined ? [] : [required]),
  ] as const;
const list = (name: string, of: unknown) => [LIST, NAMESPACE, name, 0, of] as const;

const state = structure('ExperimentState', {
  status: TEXT,
  reason: TEXT,
  error: structure('ExperimentError', { accountId: TEXT, code: TEXT, location: TEXT }),
});
const summary = { id: TEXT, arn: TEXT, experimentTemplateId: TEXT, state, creationTime: TIME };
const action = structure('ExperimentAction', {
  actionId: TEXT,
  description: TEXT,
  state: structure('ExperimentActionState', { status: TEXT, reason: TEXT }),
  startTime: TIME,
  endTime: TIME,
});
const experiment = structure('Experiment', {
  ...summary,
  roleArn: TEXT,
  actions: [MAP, NAMESPACE, 'ExperimentActionMap', 0, TEXT, action],
  stopConditions: list(
    'ExperimentStopConditionList',
    structure('ExperimentStopCondition', { source: TEXT, value: TEXT }),
  ),
  startTime: TIME,
  endTime: TIME,
});

const inPath = [TEXT, { httpLabel: 1 }];
const inQuery = (kind: number, name: string) => [kind, { httpQuery: name }];

type Http = [method: string, uri: string, status: number];

const operation = (name: string, http: Http, input: unknown, output: Record<string, unknown>) => [
  OPERATION,
  NAMESPACE,
  name,
  { http },
  input,
  structure(`${name}Response`, output),
];

export const startExperiment = operation(
  'StartExperiment',
  ['POST', '/experiments', 200],
  structure('StartExperimentRequest', { clientToken: [TEXT, { idempotencyToken: 1 }], experimentTemplateId: TEXT }, 2),
  { experiment },
);

export const getExperiment = operation(
  'GetExperiment',
  ['GET', '/experiments/{id}', 200],
  structure('GetExperimentRequest', { id: inPath }, 1),
  { experiment },
);

export const stopExperiment = operation(
  'StopExperiment',
  ['DELETE', '/experiments/{id}', 200],
  structure('StopExperimentRequest', { id: inPath }, 1),
  { experiment },
);

export const getExperimentTemplate = operation(
  'GetExperimentTemplate',
  ['GET', '/experimentTemplates/{id}', 200],
  structure('GetExperimentTemplateRequest', { id: inPath }, 1),
  {
    experimentTemplate: structure('ExperimentTemplate', {
      id: TEXT,
      arn: TEXT,
      description: TEXT,
      roleArn: TEXT,
      stopConditions: list(
        'ExperimentTemplateStopConditionList',
        structure('ExperimentTemplateStopCondition', { source: TEXT, value: TEXT }),
      ),
    }),
  },
);

export const listExperiments = operation(
  'ListExperiments',
  ['GET', '/experiments', 200],
  structure('ListExperimentsRequest', {
    maxResults: inQuery(NUMBER, 'maxResults'),
    nextToken: inQuery(TEXT, 'nextToken'),
    experimentTemplateId: inQuery(TEXT, 'experimentTemplateId'),
  }),
  { experiments: list('ExperimentSummaryList', structure('ExperimentSummary', summary)), nextToken: TEXT },
);

const errors = {
  ValidationException: 400,
  ServiceQuotaExceededException: 402,
  ResourceNotFoundException: 404,
  ConflictException: 409,
};

export const errorTypeRegistries = [baseErrors(), ownErrors()];

function baseErrors(): TypeRegistry {
  const synthetic = `smithy.ts.sdk.synthetic.${NAMESPACE}`;
  const registry = new TypeRegistry(synthetic);
  registry.registerError([ERROR, synthetic, 'FisServiceException', 0, [], []] as never, ServiceException);
  return registry;
}

function ownErrors(): TypeRegistry {
  const registry = new TypeRegistry(NAMESPACE);
  for (const [name, httpError] of Object.entries(errors)) {
    const shape = [ERROR, NAMESPACE, name, { error: 'client', httpError }, ['message'], [TEXT]];
    registry.registerError(shape as never, namedError(name));
  }
  return registry;
}

function namedError(name: string): typeof ServiceException {
  return class extends ServiceException {
    constructor(given: ConstructorParameters<typeof ServiceException>[0]) {
      super({ ...given, name, $fault: 'client' });
    }
  };
}

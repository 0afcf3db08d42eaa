import { EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks';
import { partition } from '@aws-sdk/core/client';
import { makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import {
  errorTypeRegistries,
  type FisExperiment,
  type FisExperimentSummary,
  type FisTemplate,
  getExperiment,
  getExperimentTemplate,
  listExperiments,
  NAMESPACE,
  startExperiment,
  stopExperiment,
} from './fis-shapes.ts';

/**
 * AWS publishes a client for FIS, but no version of its current form works beside the others. What REST-JSON clients have in common is that
 * of another one; what is FIS's own stands here and in its shapes, which `npm run test:wire` holds against boto3's model.
 */
export class Client extends EKSClient {
  constructor(settings: EKSClientConfig) {
    super({ ...settings, ...own });
    Object.assign(this.config, { defaultSigningName: SIGNING_NAME });
  }
}

const SIGNING_NAME = 'fis';
const SIGV4 = 'aws.auth#sigv4';

const own = {
  apiVersion: '2020-12-01',
  serviceId: 'fis',
  endpointProvider: ({ Endpoint, Region }: { Endpoint?: string; Region?: string }) => ({
    url: new URL(Endpoint ?? `https://fis.${Region}.${partition(Region ?? '').dnsSuffix}`),
  }),
  httpAuthSchemeProvider: ({ region = '' }: { region?: string }) => [
    {
      schemeId: SIGV4,
      signingProperties: { name: SIGNING_NAME, region },
      propertiesExtractor: (config: unknown, context: unknown) => ({ signingProperties: { config, context } }),
    },
  ],
  protocolSettings: {
    defaultNamespace: NAMESPACE,
    errorTypeRegistries,
    version: '2020-12-01',
    serviceTarget: 'FaultInjectionSimulator',
  },
} as unknown as EKSClientConfig;

type Answer<T> = T & { $metadata: object };

const command = makeBuilder<EKSClient['config'], object, Answer<object>>(
  {
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
  },
  'FaultInjectionSimulator',
  'FisClient',
  getEndpointPlugin,
);

const commandOf = <I extends object, O extends object>(name: string, shape: unknown) =>
  command<I, Answer<O>>({}, () => [], name, shape as never);

const GetExperiment = commandOf<{ id: string }, { experiment?: FisExperiment }>('GetExperiment', getExperiment);
const GetExperimentTemplate = commandOf<{ id: string }, { experimentTemplate?: FisTemplate }>(
  'GetExperimentTemplate',
  getExperimentTemplate,
);
const ListExperiments = commandOf<
  { experimentTemplateId?: string; maxResults?: number; nextToken?: string },
  { experiments?: FisExperimentSummary[]; nextToken?: string }
>('ListExperiments', listExperiments);
const StartExperiment = commandOf<
  { experimentTemplateId: string; clientToken?: string },
  { experiment?: FisExperiment }
>('StartExperiment', startExperiment);
const StopExperiment = commandOf<{ id: string }, { experiment?: FisExperiment }>('StopExperiment', stopExperiment);

export const reads = { GetExperiment, GetExperimentTemplate, ListExperiments };
export const changes = { StartExperiment, StopExperiment };

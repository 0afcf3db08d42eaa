import { expect } from 'vitest';
import { isPassing } from '../../src/errors.ts';
import type { Cluster, Kubernetes } from '../../src/ports/kubernetes.ts';

/** What a drill asks a Kubernetes API, and what it must make of the answers: of a real one, or as a real one gave them. */
export interface Look {
  situation: string;
  /** Whose token is sent. */
  as: 'drill' | 'no-events' | 'throttled' | 'expired';
  act(kubernetes: Kubernetes): Promise<unknown>;
  expected: unknown;
}

export const at = (namespace: string): Cluster => ({ region: 'ap-northeast-1', cluster: 'shop', namespace });
export const DEPLOYMENT = 'order-service';

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    (error: Error) => ({ name: error.name, passes: isPassing(error), message: error.message }),
  );
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { WRITER: 'old' } };
const KINDS = [{ apiVersion: 'v1', kind: 'ConfigMap' }];
const trouble = (about: string | RegExp, reason: string, message: RegExp) => ({
  about: typeof about === 'string' ? about : expect.stringMatching(about),
  reason,
  message: expect.stringMatching(message),
});

export const looks: Look[] = [
  {
    situation: 'a quota keeps pods from being made',
    as: 'drill',
    act: (kubernetes) => kubernetes.troubles(at('quota'), DEPLOYMENT),
    expected: [
      trouble('Deployment order-service', 'FailedCreate', /exceeded quota: small, requested: pods=1, used: pods=1/),
      trouble(/^ReplicaSet order-service-/, 'FailedCreate', /exceeded quota: small/),
    ],
  },
  {
    situation: 'an admission policy denies pods',
    as: 'drill',
    act: (kubernetes) => kubernetes.troubles(at('admission'), DEPLOYMENT),
    expected: [
      trouble('Deployment order-service', 'FailedCreate', /denied request: no such registry/),
      trouble(/^ReplicaSet order-service-/, 'FailedCreate', /denied request: no such registry/),
    ],
  },
  {
    situation: 'the role may not read events',
    as: 'no-events',
    act: (kubernetes) => kubernetes.troubles(at('quota'), DEPLOYMENT),
    expected: [
      trouble('Deployment order-service', 'FailedCreate', /exceeded quota/),
      trouble('events', 'Forbidden', /may not list events in quota: grant it get and list on events/),
    ],
  },
  {
    situation: 'the role may not scale',
    as: 'no-events',
    act: (kubernetes) => failureOf(kubernetes.scale(at('quota'), DEPLOYMENT, 5)),
    expected: { name: 'Forbidden', passes: false, message: expect.stringMatching(/User "no-events" cannot patch/) },
  },
  {
    situation: 'an admission policy denies what the drill changes',
    as: 'drill',
    act: (kubernetes) => failureOf(kubernetes.scale(at('admission'), DEPLOYMENT, 50)),
    expected: { name: 'Invalid', passes: false, message: expect.stringMatching(/denied request: at most ten/) },
  },
  {
    situation: 'the API has too much to do',
    as: 'throttled',
    act: (kubernetes) => failureOf(kubernetes.deployment(at('shop'), DEPLOYMENT)),
    expected: { name: 'Throttled', passes: true, message: expect.stringMatching(/too much to do/) },
  },
  {
    situation: 'a token has expired',
    as: 'expired',
    act: (kubernetes) => failureOf(kubernetes.deployment(at('shop'), DEPLOYMENT)),
    expected: { name: 'Unauthorized', passes: false, message: expect.stringMatching(/did not accept the token/) },
  },
  {
    situation: 'there is no such deployment',
    as: 'drill',
    act: (kubernetes) => failureOf(kubernetes.deployment(at('shop'), 'another-service')),
    expected: { name: 'NotFound', passes: false, message: expect.stringMatching(/"another-service" not found/) },
  },
  {
    situation: 'applications are pointed to another writer, and scaled',
    as: 'drill',
    async act(kubernetes) {
      const before = await kubernetes.deployment(at('shop'), DEPLOYMENT);
      await kubernetes.setEnvironment(at('shop'), DEPLOYMENT, { WRITER: 'new' });
      await kubernetes.scale(at('shop'), DEPLOYMENT, 3);
      const { environment, wanted } = await kubernetes.deployment(at('shop'), DEPLOYMENT);
      return [before.environment, before.wanted, environment, wanted];
    },
    expected: [{ WRITER: 'old' }, 2, { WRITER: 'new' }, 3],
  },
  {
    situation: 'one node of two is ready',
    as: 'drill',
    act: (kubernetes) => kubernetes.nodes(at('shop'), 'workers'),
    expected: [
      { name: 'node-a', ready: true },
      { name: 'node-b', ready: false },
    ],
  },
  {
    situation: 'a namespace is made, filled and deleted, and something in it keeps it',
    as: 'drill',
    async act(kubernetes) {
      const scratch = at('scratch');
      await kubernetes.createNamespace(scratch, { 'dr-drill': 'mine' });
      const again = await failureOf(kubernetes.createNamespace(scratch, {}));
      await kubernetes.apply(scratch, {
        ...settings,
        metadata: { name: 'settings', finalizers: ['example.com/kept'] },
      });
      await kubernetes.apply(scratch, { ...settings, data: { WRITER: 'new' } });
      const found = await kubernetes.objects(scratch, KINDS);
      const data = found.filter(({ metadata }) => metadata.name === 'settings').map((one) => one.data);
      await kubernetes.deleteNamespace(scratch);
      // As a run does that was taken up again.
      await kubernetes.deleteNamespace(scratch);
      const other = { ...settings, metadata: { name: 'other' } };
      return [again, data, await kubernetes.namespace(scratch), await failureOf(kubernetes.apply(scratch, other))];
    },
    expected: [
      { name: 'AlreadyExists', passes: false, message: expect.stringMatching(/"scratch" already exists/) },
      [{ WRITER: 'new' }],
      { labels: expect.objectContaining({ 'dr-drill': 'mine' }), deleting: true },
      { name: 'Forbidden', passes: false, message: expect.stringMatching(/being terminated/) },
    ],
  },
];

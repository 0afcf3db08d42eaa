import type { V1Container, V1Deployment, V1EnvFromSource, V1EnvVar } from '@kubernetes/client-node';
import { isoTime } from '../clock/clock.ts';
import { DrillError } from '../errors.ts';
import type { Apis } from './kubernetes-api.ts';

/** A deployment, and where it was found. */
interface Deployed {
  found: V1Deployment;
  namespace: string;
}

/** An object of a namespace in which values stand, and whether pods start without it. */
interface Source {
  kind: 'config-map' | 'secret';
  name: string;
  optional: boolean;
}

/** Where a container has a variable's value from; `changed` is when a drill last changed what it refers to. */
type Place = { kind: 'literal' } | { kind: Source['kind']; name: string; key: string; changed: string | undefined };

/** In what is referred to: when a drill changed it. In the pod template: what pods have read since. Both say it together, or pods are to start again. */
const CHANGED = 'dr-drill/changed';
const READ = 'dr-drill/read';

interface Found {
  place: Place;
  value: string;
}

/** A container of the pod template, in the list in which a patch has to name it. */
interface Listed {
  list: 'initContainers' | 'containers';
  container: V1Container;
  /** Of the variables that were asked for, those that the container has. */
  variables: Map<string, Found>;
}

/** What containers read, and which of it pods that run may have read before a drill changed it. */
export interface Environment {
  environment: Record<string, string>;
  unread: string[];
}

/**
 * What the containers of a deployment read, references followed; a variable on which they disagree is left out.
 * @param wanted the variables to look for, so that no other secret is read; all of them, unless given
 */
export async function environmentOf(
  { found, namespace }: Deployed,
  apis: Apis,
  wanted?: readonly string[],
): Promise<Environment> {
  const values = new Map<string, Set<string>>();
  const unread = new Set<string>();
  const read = readBy(found);
  for (const { variables } of await listedOf({ found, namespace }, apis, wanted)) {
    for (const [variable, { place, value }] of variables) {
      values.set(variable, (values.get(variable) ?? new Set()).add(value));
      if (place.kind !== 'literal' && place.changed !== undefined && !read.includes(versionOf(place, place.changed)))
        unread.add(variable);
    }
  }
  const environment = Object.fromEntries(
    [...values].flatMap(([variable, [value = '', ...others]]) => (others.length === 0 ? [[variable, value]] : [])),
  );
  return { environment, unread: [...unread] };
}

/**
 * Changes values where they stand, in every container that has them, and has the pods started again with them. Asked again, it does what is
 * still to be done, and starts no pod a second time. Fails with `variable-missing`, before anything is changed.
 * @param nowMs when, in milliseconds since the epoch
 */
export async function setEnvironment(
  { found, namespace }: Deployed,
  apis: Apis,
  values: Record<string, string>,
  nowMs: number,
): Promise<void> {
  const { name = '' } = found.metadata ?? {};
  const listed = await listedOf({ found, namespace }, apis, Object.keys(values));
  for (const variable of Object.keys(values)) {
    if (listed.some(({ variables }) => variables.has(variable))) continue;
    throw new DrillError('variable-missing', `No container of ${name} has the variable ${variable}.`, {
      hint: "Correct the variable under 'uses' of the eks component in the topology: it names where pods read the writer's address.",
    });
  }
  const read = new Map(readBy(found).map((version) => [version.split('@')[0], version]));
  for (const { source, data, isSet, changed } of changedSources(listed, values)) {
    const version = isSet && changed !== undefined ? changed : isoTime(nowMs);
    read.set(`${source.kind}/${source.name}`, versionOf(source, version));
    // An answer between the two patches may have been lost the last time.
    if (version === changed) continue;
    const at = { name: source.name, namespace };
    const metadata = { annotations: { [CHANGED]: version } };
    if (source.kind === 'config-map') {
      await apis.core.patchNamespacedConfigMap({ ...at, body: { metadata, data } }, apis.merge);
    } else await apis.core.patchNamespacedSecret({ ...at, body: { metadata, data: encoded(data) } }, apis.merge);
  }
  // Pods read what they refer to only when they start.
  const annotations = { [READ]: [...read.values()].sort().join() };
  const template = {
    ...(annotations[READ] !== readBy(found).join() && { metadata: { annotations } }),
    spec: changedContainers(listed, values),
  };
  await apis.apps.patchNamespacedDeployment({ name, namespace, body: { spec: { template } } }, apis.merge);
}

const versionOf = ({ kind, name }: Pick<Source, 'kind' | 'name'>, changed: string): string =>
  `${kind}/${name}@${changed}`;

/** The versions that the pods of the newest template have read. */
const readBy = ({ spec }: V1Deployment): string[] =>
  (spec?.template.metadata?.annotations?.[READ] ?? '').split(',').filter((version) => version !== '');

type Data = Record<string, string>;

interface ChangedSource {
  source: Omit<Source, 'optional'>;
  data: Data;
  /** Every value stands there already. */
  isSet: boolean;
  changed: string | undefined;
}

function changedSources(listed: Listed[], values: Data): ChangedSource[] {
  const sources = new Map<string, ChangedSource>();
  for (const { variables } of listed) {
    for (const [variable, { place, value }] of variables) {
      if (place.kind === 'literal') continue;
      const { kind, name, key, changed } = place;
      const one = sources.get(`${kind}/${name}`) ?? { source: { kind, name }, data: {}, isSet: true, changed };
      one.data[key] = values[variable] ?? '';
      one.isSet &&= value === one.data[key];
      sources.set(`${kind}/${name}`, one);
    }
  }
  return [...sources.values()];
}

function changedContainers(listed: Listed[], values: Data): Partial<Record<Listed['list'], object[]>> {
  const changed: Partial<Record<Listed['list'], object[]>> = {};
  for (const { list, container, variables } of listed) {
    const env = [...variables].flatMap(([name, { place }]) =>
      place.kind === 'literal' ? [{ name, value: values[name] ?? '' }] : [],
    );
    if (env.length === 0) continue;
    changed[list] = [...(changed[list] ?? []), { name: container.name, env }];
  }
  return changed;
}

const encoded = (data: Data): Data =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

async function listedOf(
  { found, namespace }: Deployed,
  apis: Apis,
  wanted: readonly string[] | undefined,
): Promise<Listed[]> {
  const { initContainers = [], containers = [] } = found.spec?.template.spec ?? {};
  const read = reader(apis, namespace);
  const listed: Listed[] = [];
  for (const [list, each] of [['initContainers', initContainers] as const, ['containers', containers] as const]) {
    for (const container of each)
      listed.push({ list, container, variables: await variablesOf(container, read, wanted) });
  }
  return listed;
}

/** As Kubernetes has it: of several sources the last one wins, and what is said of a variable by itself wins over all. */
async function variablesOf(
  { env = [], envFrom = [] }: V1Container,
  read: Read,
  wanted: readonly string[] | undefined,
): Promise<Map<string, Found>> {
  const variables = new Map<string, Found>();
  const itself = new Map(env.filter(({ name }) => wanted?.includes(name) ?? true).map((one) => [one.name, one]));
  for (const from of envFrom) {
    const { prefix = '' } = from;
    const source = sourceOf(from);
    const sought = wanted?.filter((name) => !itself.has(name) && name.startsWith(prefix));
    if (!source || sought?.length === 0) continue;
    const { data = {}, changed } = (await read(source)) ?? {};
    for (const [key, value] of Object.entries(data)) {
      const name = `${prefix}${key}`;
      const place = { kind: source.kind, name: source.name, key, changed };
      if (!itself.has(name) && (sought?.includes(name) ?? true)) variables.set(name, { place, value });
    }
  }
  for (const [name, one] of itself) {
    const known = await foundAt(one, read);
    if (known) variables.set(name, known);
  }
  return variables;
}

function sourceOf({ configMapRef, secretRef }: V1EnvFromSource): Source | undefined {
  const ref = configMapRef ?? secretRef;
  if (!ref?.name) return undefined;
  return { kind: configMapRef ? 'config-map' : 'secret', name: ref.name, optional: ref.optional ?? false };
}

/** Nothing, for what only the pod itself knows, and for an optional key that is not there. */
async function foundAt({ value, valueFrom }: V1EnvVar, read: Read): Promise<Found | undefined> {
  if (!valueFrom) return { place: { kind: 'literal' }, value: value ?? '' };
  const ref = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
  if (!ref?.name) return undefined;
  const kind = valueFrom.configMapKeyRef ? 'config-map' : 'secret';
  const optional = ref.optional ?? false;
  const { data, changed } = (await read({ kind, name: ref.name, optional })) ?? {};
  const held = data?.[ref.key];
  if (held === undefined && optional) return undefined;
  return { place: { kind, name: ref.name, key: ref.key, changed }, value: held ?? '' };
}

interface Held {
  data: Data;
  changed: string | undefined;
}

type Read = (source: Source) => Promise<Held | undefined>;

/** Reads each object once. Gives nothing for an optional one that is not there. */
function reader({ core }: Apis, namespace: string): Read {
  const known = new Map<string, Promise<Held>>();
  return async ({ kind, name, optional }) => {
    const key = `${kind}/${name}`;
    const asked =
      known.get(key) ?? (kind === 'secret' ? secretIn(core, name, namespace) : mapIn(core, name, namespace));
    known.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      if (optional && (error as { code?: unknown }).code === 404) return undefined;
      throw error;
    }
  };
}

async function mapIn(core: Apis['core'], name: string, namespace: string): Promise<Held> {
  const { data = {}, metadata } = await core.readNamespacedConfigMap({ name, namespace });
  return { data, changed: metadata?.annotations?.[CHANGED] };
}

async function secretIn(core: Apis['core'], name: string, namespace: string): Promise<Held> {
  const { data = {}, metadata } = await core.readNamespacedSecret({ name, namespace });
  const plain = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]);
  return { data: Object.fromEntries(plain), changed: metadata?.annotations?.[CHANGED] };
}

import { gunzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { DrillError } from '../../../errors.ts';
import type { KubernetesObject } from '../../../ports/kubernetes.ts';
import { type Around, clusterOf, component, earlierStep } from '../../../steps/given.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';

/** One archive of a namespace's objects: an object of S3. */
export const archive = z.object({
  bucket: z.string(),
  region: z.string(),
  key: z.string(),
  version: z.string().nullable(),
});
type Archive = z.output<typeof archive>;

export const archiveGiven = { archive: earlierStep.describe('The step that chose the archive.') };

/** Where archives are, as the topology says it. */
export function archivesOf(around: Around) {
  const { bucket, region, prefix } = component('configuration-archive', around);
  return { bucket, region: around.topology.regions[region], prefix };
}

/** The cluster whose objects are archived. */
export function archivedCluster(around: Around) {
  const { of, from, namespace } = component('configuration-archive', around);
  const usual = clusterOf(from, { ...around, of });
  return { ...usual, namespace: namespace ?? usual.namespace };
}

/** The archive that an earlier step chose. */
export function chosenArchive(step: string, around: Around): Archive & { madeMs: number } {
  const { bucket, region } = archivesOf(around);
  const before = { key: `<what ${step} finds>`, version: null, timeMs: 0 };
  const { key, version, timeMs } = around.result<{ key: string; version: string | null; timeMs: number }>(step, before);
  return { bucket, region, key, version, madeMs: timeMs };
}

export const readArchivePermissions = ({ bucket, region, key }: Archive): Permission[] => {
  // Which archive it will be, nobody knows before it is chosen.
  const resource = globalArn({ service: 's3', region, resource: `${bucket}/${key.startsWith('<') ? '*' : key}` });
  return [
    { action: 's3:GetObject', resource },
    { action: 's3:GetObjectVersion', resource },
  ];
};

/** Reads an archive. What is in it may be secret: it goes into no message. */
export async function objectsIn(
  { bucket, region, key, version }: Archive,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<KubernetesObject[]> {
  const Version = version === null ? {} : { VersionId: version };
  const { Body } = await aws.call('s3', region, 'GetObject', { Bucket: bucket, Key: key, ...Version });
  return parsed((await Body?.transformToByteArray()) ?? new Uint8Array(), key);
}

/** The objects of an archive: JSON or YAML, lists taken apart, perhaps compressed. */
export function parsed(bytes: Uint8Array, key: string): KubernetesObject[] {
  const documents = documentsIn(unpacked(bytes, key), key);
  const objects = documents.flatMap((one) => (isList(one) ? one.items : [one]));
  const wrong = objects.findIndex((one) => !isObject(one));
  if (wrong >= 0) throw unreadable(key, `its object ${wrong + 1} says no kind or name`);
  if (objects.length === 0) throw unreadable(key, 'there is nothing in it');
  return objects as KubernetesObject[];
}

function unpacked(bytes: Uint8Array, key: string): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return Buffer.from(isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch {
    throw unreadable(key, 'it is damaged, or cut off');
  }
}

function documentsIn(text: string, key: string): unknown[] {
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text)];
    } catch {
      throw unreadable(key, 'it is no JSON');
    }
  }
  const documents = parseAllDocuments(text);
  const broken = [...documents].findIndex(({ errors }) => errors.length > 0);
  if (broken >= 0) throw unreadable(key, `its document ${broken + 1} is no YAML`);
  return [...documents].map((one) => one.toJS() as unknown).filter((one) => one !== null);
}

const isList = (one: unknown): one is { items: unknown[] } =>
  typeof one === 'object' && one !== null && 'items' in one && Array.isArray(one.items);

function isObject(one: unknown): one is KubernetesObject {
  const { apiVersion, kind, metadata } = (one ?? {}) as Partial<KubernetesObject>;
  return [apiVersion, kind, metadata?.name].every((text) => typeof text === 'string');
}

const unreadable = (key: string, why: string): DrillError =>
  new DrillError('archive-unreadable', `The archive ${key} cannot be read: ${why}.`, {
    hint: 'See whether what makes it came to its end; manifests as `kubectl get -o yaml` writes them are expected.',
  });

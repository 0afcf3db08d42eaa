import { gzipSync } from 'node:zlib';
import type { ComponentOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import type { KubernetesObject } from '../../ports/kubernetes.ts';
import { newDeployments } from './deployment.ts';
import { objectsOf } from './objects.ts';
import { computeNamed, isSamePlace, placeOn } from './place.ts';

const HOUR = 3_600_000;
/** They are made in the evening, and kept for some days. */
const USUAL_AGE = 6.5 * HOUR;
const KEPT = 3;

type Archive = ComponentOf<'configuration-archive'>;

/** The archives of a compute's namespace, oldest first. */
export function newArchives(topology: Topology, archive: Archive, { configuration }: Simulation, startMs: number) {
  const { archiveAge, unreadable } = configuration;
  const body = packed(archived(topology, archive, configuration, startMs));
  return Array.from({ length: KEPT }, (_, days) => {
    const atMs = startMs - (archiveAge ?? USUAL_AGE) - days * 24 * HOUR;
    const key = `${archive.prefix}${new Date(atMs).toISOString().slice(0, 16).replace(':', '-')}.json.gz`;
    return { key, atMs, body: unreadable ? body.subarray(0, body.byteLength / 2) : body };
  }).reverse();
}

function archived(
  topology: Topology,
  { of, from, namespace }: Archive,
  { lacks, alters }: Simulation['configuration'],
  startMs: number,
): KubernetesObject[] {
  const compute = computeNamed(topology, of);
  if (!compute) return [];
  const place = placeOn(topology, compute, from, { namespace });
  const here = newDeployments(topology, startMs).filter((one) => isSamePlace(one, place));
  const all = objectsOf(place.namespace, here, startMs);
  const settings = all.filter(({ metadata }) => metadata.name.endsWith('-settings')).slice(0, alters);
  return all.slice(0, all.length - lacks).map((one) => (settings.includes(one) ? altered(one) : one));
}

const altered = (settings: KubernetesObject): KubernetesObject => ({ ...settings, data: { CURRENCY: 'EUR' } });

const packed = (items: KubernetesObject[]): Buffer =>
  gzipSync(JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items }));

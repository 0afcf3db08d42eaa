import { gzipSync } from 'node:zlib';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import type { KubernetesObject } from '../../ports/kubernetes.ts';
import { newDeployments } from './deployment.ts';
import { objectsOf } from './objects.ts';

const HOUR = 3_600_000;
/** They are made in the evening, and kept for some days. */
const USUAL_AGE = 6.5 * HOUR;
const KEPT = 3;

/** The archives of the shop's namespace, oldest first. */
export function newArchives(topology: Topology, { configuration }: Simulation, startMs: number) {
  const { archive } = topology.kubernetes;
  if (!archive) return [];
  const { archiveAge, unreadable } = configuration;
  const body = packed(archived(topology, archive.of, configuration, startMs));
  return Array.from({ length: KEPT }, (_, days) => {
    const atMs = startMs - (archiveAge ?? USUAL_AGE) - days * 24 * HOUR;
    const key = `${archive.prefix}${new Date(atMs).toISOString().slice(0, 16).replace(':', '-')}.json.gz`;
    return { key, atMs, body: unreadable ? body.subarray(0, body.byteLength / 2) : body };
  }).reverse();
}

function archived(
  topology: Topology,
  of: 'primary' | 'recovery',
  { lacks, alters }: Simulation['configuration'],
  startMs: number,
): KubernetesObject[] {
  const here = newDeployments(topology, startMs).filter(({ region }) => region === topology.regions[of]);
  const all = objectsOf(topology, here, startMs);
  const settings = all.filter(({ metadata }) => metadata.name.endsWith('-settings')).slice(0, alters);
  return all.slice(0, all.length - lacks).map((one) => (settings.includes(one) ? altered(one) : one));
}

const altered = (settings: KubernetesObject): KubernetesObject => ({ ...settings, data: { CURRENCY: 'EUR' } });

const packed = (items: KubernetesObject[]): Buffer =>
  gzipSync(JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items }));

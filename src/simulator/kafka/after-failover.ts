import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import { grow } from '../kubernetes/after-failover.ts';
import { deploymentIn } from '../kubernetes/deployment.ts';
import type { Past } from '../past.ts';
import type { World } from '../world.ts';
import { placeOfApplications, sideOf } from './cluster.ts';
import { mirroredEnd, mirroredName } from './mirror.ts';
import { partitionsOf } from './topics.ts';

const MINUTE = 60_000;

/** The consumers of every component read in the recovery region. */
export function groupsMoved(world: World, past: Past): void {
  for (const kafka of componentsOf(world.topology, 'kafka')) consumersMoved(world, kafka, past);
}

/** Consumers continued in the recovery region from where the lost one had come to, and people kept them from starting at home again. */
function consumersMoved(world: World, kafka: ComponentOf<'kafka'>, { lostMs, promotedMs }: Past): void {
  const { messaging, topology } = world;
  const home = sideOf(topology, kafka, 'primary');
  const away = sideOf(topology, kafka, 'recovery');
  for (const { deployment: name, replicas, group, topics } of kafka.consumers) {
    const [stopped, started] = [home, away].map(({ side }) => {
      const place = placeOfApplications(world, kafka, side);
      return place && deploymentIn(world, place, name);
    });
    if (!stopped || !started) continue;
    stopped.wanted = 0;
    for (const pod of stopped.pods) pod.goneMs = lostMs;
    grow(started, replicas, {}, promotedMs);
    for (const topic of topics)
      for (const partition of partitionsOf(kafka, topic)) {
        const offset = mirroredEnd(world, kafka, topic, partition, lostMs);
        const position = { group, topic: mirroredName(kafka, topic), partition, offset };
        messaging.commits.push({ cluster: away.arn, ...position, atMs: promotedMs - MINUTE });
      }
  }
}

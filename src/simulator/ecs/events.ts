import { uuidOf } from '../distributions.ts';
import type { EcsService } from '../state.ts';
import type { World } from '../world.ts';
import { cannotPull, isThere, roomIn, takesMs } from './service.ts';

/** Assumption: how often ECS tries again to place tasks, and says that it could not. */
const EVERY_MS = 30_000;
const FIRST_MS = 5_000;
const KEPT = 100;

/** What ECS has to say of a service, newest first. */
export function eventsOf(world: World, service: EcsService): { id: string; createdAt: Date; message: string }[] {
  const nowMs = world.clock.nowMs();
  const all = [...ofDeployments(service), ...ofPlacement(world, service, nowMs), ...ofFailing(world, service, nowMs)];
  return all
    .filter(({ atMs }) => atMs <= nowMs)
    .toSorted((a, b) => b.atMs - a.atMs)
    .slice(0, KEPT)
    .map(({ atMs, text }) => {
      const message = `(service ${service.name}) ${text}`;
      return { id: uuidOf(`${service.region}/${message}/${atMs}`), createdAt: new Date(atMs), message };
    });
}

interface Event {
  atMs: number;
  text: string;
}

function ofDeployments({ deployments }: EcsService): Event[] {
  return deployments.flatMap(({ id, completedMs, failedMs }, index) => {
    const former = deployments[index - 1]?.id ?? id;
    return [
      ...(completedMs === null ? [] : [{ atMs: completedMs, text: `(deployment ${id}) deployment completed.` }]),
      ...(failedMs === null
        ? []
        : [
            { atMs: failedMs, text: `(deployment ${id}) deployment failed: tasks failed to start.` },
            { atMs: failedMs + 1, text: `rolling back to (deployment ${former}).` },
          ]),
    ];
  });
}

function ofPlacement(world: World, service: EcsService, nowMs: number): Event[] {
  const waiting = service.tasks.filter((task) => task.placedMs === null && isThere(task, nowMs));
  const [first] = waiting.map(({ createdMs }) => createdMs).sort((a, b) => a - b);
  if (first === undefined) return [];
  const text = `was unable to place a task. Reason: ${roomIn(world, service.region).why}`;
  return every(first + FIRST_MS, EVERY_MS, nowMs).map((atMs) => ({ atMs, text }));
}

function ofFailing(world: World, service: EcsService, nowMs: number): Event[] {
  const failing = service.tasks.find((task) => task.placedMs !== null && task.runningMs === null);
  if (!failing) return [];
  const takes = Math.max(1_000, takesMs(world, service, failing));
  const text = cannotPull(world, service)
    ? 'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.'
    : `(task ${failing.id}) failed container health checks.`;
  return every((failing.placedMs ?? 0) + takes, takes, Math.min(nowMs, failing.goneMs ?? nowMs)).map((atMs) => ({
    atMs,
    text,
  }));
}

/** The newest of what happens again and again. */
function every(firstMs: number, everyMs: number, untilMs: number): number[] {
  const times = Math.floor((untilMs - firstMs) / everyMs) + 1;
  return Array.from({ length: Math.max(0, Math.min(times, KEPT)) }, (_, nth) => firstMs + (times - 1 - nth) * everyMs);
}

import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { regionsOf } from '../../src/drill/regions.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { lookForDrill } from '../../src/runbook/look.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import type { EksCluster, Instance, NodeGroup, State } from '../../src/simulator/state.ts';
import { always } from '../../src/simulator/timeline.ts';
import type { HealthCheck, Zone } from '../../src/simulator/traffic-state.ts';
import type { Finding } from '../../src/steps/account/findings.ts';
import type { Look } from '../../src/steps/account/look.ts';
import { FAILOVER, shipped } from '../run/drill.ts';

export const START_MS = Date.parse('2026-01-05T01:00:00Z');

export interface Prepared {
  drill?: string;
  overrides?: string[];
  /** What is otherwise in the account than the topology says. */
  change?: (state: State) => void;
  /** What AWS answers otherwise than the simulated account does, by operation: each changes the answer in place. */
  answers?: Record<string, (answer: never) => void>;
  /** What is in place of a port, or of some of it. */
  ports?: (ports: Ports) => Partial<Ports>;
}

/** An account that was prepared, and the way to it; `calls` as `service:Operation`. */
export async function opened({ drill: name = FAILOVER, overrides = [], change, answers = {}, ports: other }: Prepared) {
  const loaded = shipped(name, overrides);
  const { drill, topology } = loaded;
  const clock = new VirtualClock(START_MS);
  const options = { topology, simulation: drill.simulation, seed: 1, clock };
  const state = simulate(options).state();
  change?.(state);
  const { transport, ports } = simulate({ ...options, state });
  const calls: string[] = [];
  /** What was asked for, with each call. */
  const asked: { service: string; region: string; operation: string; input: object }[] = [];
  const toAws = gateway({
    transport: {
      async send(service, region, operation, ...rest) {
        asked.push({ service, region, operation, input: rest[0] });
        const answer = await transport.send(service, region, operation, ...rest);
        answers[operation]?.(answer as never);
        return answer;
      },
    },
    clock,
    regions: regionsOf(topology),
    record: (event) => event.type === 'call' && calls.push(`${event.service}:${event.operation}`),
    isChange: (service, operation) => isChange(`${service}:${operation}`),
    jitter: () => 0.5,
    readOnly: true,
  });
  return { loaded, clock, ports: { ...ports, ...other?.(ports) }, calls, asked, gateway: toAws };
}

/** What a preflight finds in an account that was prepared. */
export async function lookedAt(prepared: Prepared) {
  const { loaded, clock, ports, calls, asked, gateway } = await opened(prepared);
  const { signal } = new AbortController();
  const aws = gateway({ step: 'preflight', signal });
  const { drill, topology } = loaded;
  const look = await clock.run(lookForDrill(drill, topology, { aws, clock, signal, ...ports, readsOnly: false }));
  return { ...look, calls, asked };
}

/** One finding in a line: severity, and what. */
export const inLines = ({ findings }: Look): string[] =>
  findings.map(({ severity, what }: Finding) => `${severity}: ${what}`);

export const writerIn = ({ instances }: State): Instance => instances[0] as Instance;
export const replicaIn = ({ instances }: State): Instance => instances[1] as Instance;
export const recoveryClusterIn = ({ clusters }: State): EksCluster => clusters[1] as EksCluster;
export const recoveryNodesIn = ({ nodeGroups }: State): NodeGroup => nodeGroups[1] as NodeGroup;
export const gateIn = ({ healthChecks }: State): HealthCheck => healthChecks[0] as HealthCheck;

export const zoneIn = ({ zones }: State): Zone => zones[0] as Zone;

/** Changes one of the two records of the public name. */
export function setRecord(state: State, index: 0 | 1, change: object): void {
  const zone = zoneIn(state);
  zone.records = zone.records.with(index, { ...zone.records[index], ...change } as (typeof zone.records)[number]);
  zone.published = always(structuredClone(zone.records));
}

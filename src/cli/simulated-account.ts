import { isChange } from '../aws/changes.ts';
import { gateway } from '../aws/gateway.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { regionsOf } from '../drill/regions.ts';
import { drawWith } from '../simulator/distributions.ts';
import { simulate } from '../simulator/simulate.ts';
import type { LookAtAccount } from './account.ts';
import { START_MS } from './rehearse.ts';

/** Looks at the account that a dry run of the drill begins with, in virtual time. */
export const lookAtSimulated =
  ({ drill, topology }: LoadedDrill): LookAtAccount =>
  async (look) => {
    const { seed } = drill.simulation;
    const clock = new VirtualClock(START_MS);
    const { transport, ports } = simulate({ topology, simulation: drill.simulation, seed, clock });
    const draw = drawWith(seed);
    const { signal } = new AbortController();
    const aws = gateway({
      transport,
      clock,
      regions: regionsOf(topology),
      record: () => {},
      isChange: (service, operation) => isChange(`${service}:${operation}`),
      jitter: (key) => draw(`jitter/${key}`),
      readOnly: true,
    })({ step: 'preflight', signal });
    return clock.run(look({ aws, ports, clock, signal }));
  };

import { eitherWay, type Waiting } from '../../clock/waiting.ts';
import { type ComponentBehind, componentsBehind } from '../../drill/components.ts';
import { plainDomain } from '../../drill/names.ts';
import type { Dns, DnsAnswer, Http, HttpAnswer, HttpRequest } from '../../ports/network.ts';
import { named } from '../faults.ts';
import { acceleratorOf, shareOfEdges } from '../global-accelerator.ts';
import { addressOfCluster, endpointOf } from '../rds/global-database.ts';
import { addressNamed, ENDPOINT_TTL_MS } from '../rds/zone-failover.ts';
import { type Answer, answers } from '../route-53/answers.ts';
import { isAddressOf, targetAddresses } from '../route-53/targets.ts';
import { ignoresTtl } from '../shop/resolvers.ts';
import { isServiceUp, servingOf } from '../shop/serving.ts';
import type { Instance } from '../state.ts';
import { at } from '../timeline.ts';
import { upToDate } from '../up-to-date.ts';
import { nextDraw, type World } from '../world.ts';

/** Name servers, as a resolver meets them that keeps nothing. */
export function dnsOf(world: World): Dns {
  // What the drill asks the zone's own servers shifts no customer's draw.
  const asking = (keys: { took: string; answer: string }): Asking => {
    return function* (name) {
      const instance = instanceBehind(world, name);
      // Nor does asking for an instance's endpoint.
      const took = instance ? `ask-endpoint/${instance.identifier}` : keys.took;
      yield world.durations.resolve(nextDraw(world, took));
      const nowMs = world.clock.nowMs();
      upToDate(world);
      if (instance && nowMs >= instance.namedMs)
        return { addresses: [addressNamed(instance, nowMs)], ttlMs: ENDPOINT_TTL_MS };
      const cluster = world.aurora.flatMap(({ clusters }) => clusters).find((one) => endpointOf(one) === name);
      const leads = cluster && addressOfCluster(cluster, nowMs);
      if (leads !== undefined) return { addresses: [leads], ttlMs: ENDPOINT_TTL_MS };
      const asked = plainDomain(name);
      if (world.simulation.urls.some(({ url }) => hostOf(url) === asked) && !nameAt(world, asked))
        return { addresses: [ELSEWHERE], ttlMs: ENDPOINT_TTL_MS };
      const behind = FAMILIES.flatMap((family) => targetAddresses(world, asked, family, nowMs));
      if (behind.length > 0) return { addresses: behind, ttlMs: ENDPOINT_TTL_MS };
      if (isOutside(world, asked)) throw named('NotFound', `${name} cannot be resolved (NXDOMAIN).`);
      const draw = nextDraw(world, keys.answer);
      const given = FAMILIES.flatMap((family) => drawn(answers(world, family, nowMs, asked), draw));
      if (given.length === 0) throw named('NotFound', `${name} cannot be resolved (NXDOMAIN).`);
      return {
        addresses: given.flatMap(({ addresses }) => addresses),
        ttlMs: Math.min(...given.map(({ ttlMs }) => ttlMs)),
      };
    };
  };
  return {
    resolve: eitherWay(world.clock, keeping(world, asking({ took: 'resolve', answer: 'dns-answer' }))),
    authoritative: eitherWay(world.clock, asking({ took: 'ask-zone', answer: 'zone-answer' })),
  };
}

type Asking = (name: string, signal?: AbortSignal, customer?: number) => Waiting<DnsAnswer>;

/** A name outlives an instance: another one may have it since. */
const instanceBehind = ({ instances, clock }: World, name: string): Instance | undefined =>
  instances.findLast(({ address, status }) => address === name && at(status, clock.nowMs()) !== null);

/** A client that ignores the TTL asks for no other answer while it keeps one. */
function keeping(world: World, resolve: Asking): Asking {
  return function* (name, _signal, customer) {
    const { share, keep = Number.POSITIVE_INFINITY } = world.simulation.customers.ignoreTtl;
    if (customer === undefined || !ignoresTtl(customer, share)) return yield* resolve(name);
    const { clock, keptAnswers } = world;
    const key = `${plainDomain(name)}/${customer}`;
    const kept = keptAnswers[key];
    if (kept && clock.nowMs() - kept.askedMs < keep) return kept.answer;
    const answer = yield* resolve(name);
    keptAnswers[key] = { askedMs: clock.nowMs(), answer };
    return answer;
  };
}

/** Whether the name is in a private zone, which does not answer where the drill runs. */
const isOutside = ({ simulation, zones, topology }: World, name: string): boolean =>
  simulation.traffic.outside &&
  componentsBehind('dns', topology).some(
    (one) => one.name === name && zones.some(({ id, isPrivate }) => id === one.zone && isPrivate),
  );

/** IPv4 first, as most customers have it. */
const FAMILIES = ['A', 'AAAA'] as const;

/** One of the answers, each as often as its share. */
function drawn(given: Answer[], draw: number): Answer[] {
  let left = draw;
  const found = given.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  return found ? [found] : [];
}

/** The shop's public door in each region. */
export function httpOf(world: World): Http {
  const { clock } = world;
  const kindsOf = kindsOfDraws();
  return {
    request: eitherWay(clock, function* ({ url, address, timeoutMs }: HttpRequest): Waiting<HttpAnswer> {
      const asked = nameAt(world, hostOf(url));
      const said = asked ? undefined : saidOf(world, url);
      if (said) {
        const latencyMs = Math.round(said.takes ?? world.durations.request(nextDraw(world, `elsewhere/${url}`)));
        yield Math.min(latencyMs, timeoutMs);
        if (latencyMs > timeoutMs) throw named('Timeout', `${address} did not answer within ${timeoutMs / 1000} s.`);
        return { status: said.status, latencyMs, body: said.body };
      }
      const door = doorAt(world, asked, address);
      if (!door) throw named('ConnectionFailed', `Nobody listens at ${address}.`);
      const { name, region } = door;
      upToDate(world);
      const beganMs = clock.nowMs();
      const kinds = kindsOf(region, url);
      const before = servingOf(world, region, beganMs);
      const latencyMs = Math.round(world.durations.request(nextDraw(world, kinds.took)) * before.slowdown);
      if (!before.dead) yield Math.min(latencyMs, timeoutMs);
      const serving = servingOf(world, region, clock.nowMs());
      if (before.dead || serving.dead || latencyMs > timeoutMs) {
        yield Math.max(0, beganMs + timeoutMs - clock.nowMs());
        throw named('Timeout', `${address} did not answer within ${timeoutMs / 1000} s.`);
      }
      const pathname = pathOf(url);
      const refused = nextDraw(world, kinds.refused) < serving.refused;
      const failing = nextDraw(world, kinds.failing) < serving.failing;
      const isService = pathname === name.service.path;
      const knows = isService || pathname.startsWith('/health');
      const isUp = isServiceUp(world, name, region, pathname, clock.nowMs());
      const status = refused || !isUp ? 503 : !knows ? 404 : failing && isService ? 500 : 200;
      return { status, latencyMs, body: '', servedBy: region };
    }),
  };
}

interface KindsOfDraws {
  took: string;
  refused: string;
  failing: string;
}

/** What is drawn for a request, by the names of its draws: they are put together once, as there are thousands of requests. */
function kindsOfDraws(): (region: string, url: string) => KindsOfDraws {
  const known = new Map<string, Map<string, KindsOfDraws>>();
  return (region, url) => {
    const here = known.get(region) ?? new Map<string, KindsOfDraws>();
    known.set(region, here);
    const made = here.get(url);
    if (made) return made;
    const nth = `${region}/${url}`;
    const kinds = { took: `request/${nth}`, refused: `refused/${nth}`, failing: `failing/${nth}` };
    here.set(url, kinds);
    return kinds;
  };
}

/** The address behind the names whose answers the drill file defines. No host has it. */
const ELSEWHERE = '192.0.2.80';

const hostOf = (url: string): string => /^https?:\/\/([^/:?#]*)/.exec(url)?.[1] ?? '';

const saidOf = ({ simulation }: World, asked: string) => simulation.urls.find(({ url }) => asked === url);

/** What stands between the host and a query: `new URL` takes longer than all the rest of a request. */
const pathOf = (url: string): string => /^https?:\/\/[^/]*([^?#]*)/.exec(url)?.[1] ?? '';

type Name = ComponentBehind<'dns'>;

const nameAt = ({ topology }: World, host: string): Name | undefined =>
  componentsBehind('dns', topology).find(({ name }) => name === host);

/** Who listens at an address: whom the request names, where he does, and the region that it comes to. */
function doorAt(world: World, asked: Name | undefined, address: string): { name: Name; region: string } | undefined {
  const { regions } = world.topology;
  const all = componentsBehind('dns', world.topology);
  for (const name of asked ? [asked, ...all] : all) {
    const accelerator = acceleratorOf(world.accelerators, name);
    if (accelerator?.addresses.includes(address)) {
      const here = shareOfEdges(world, accelerator, regions.primary, world.clock.nowMs());
      return { name: asked ?? name, region: nextDraw(world, 'edge') < here ? regions.primary : regions.recovery };
    }
    if (isAddressOf(name.primary, address)) return { name: asked ?? name, region: regions.primary };
    if (isAddressOf(name.recovery, address)) return { name: asked ?? name, region: regions.recovery };
  }
  return undefined;
}

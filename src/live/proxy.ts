import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { PROXY_TROUBLE } from './network-trouble.ts';

const setting = (name: string): string => process.env[name.toLowerCase()] || process.env[name.toUpperCase()] || '';

/**
 * The proxy for a URL, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in upper or lower case, read as the AWS CLI and curl read them.
 * This machine itself is reached without one.
 */
export function proxyFor({ protocol, hostname, port }: URL): URL | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const secure = protocol === 'https:';
  if (isThisMachine(host) || isDirect(host, port || (secure ? '443' : '80'))) return undefined;
  const said = setting(secure ? 'https_proxy' : 'http_proxy') || setting('all_proxy');
  if (said === '') return undefined;
  const text = said.includes('://') ? said : `http://${said}`;
  if (!URL.canParse(text)) throw trouble(`The proxy ${said} is not a URL`);
  const proxy = new URL(text);
  if (!/^https?:$/.test(proxy.protocol))
    throw trouble(`The proxy ${proxy.host} is of kind ${proxy.protocol} http: and https: are supported`);
  return proxy;
}

const isThisMachine = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'));

function isDirect(host: string, port: string): boolean {
  return setting('no_proxy')
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInRange(host, entry);
      const [, name = '', only] = isIP(entry) ? ['', entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
      if (only !== undefined && only !== port) return false;
      const plain = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
      return host === plain || (isIP(host) === 0 && host.endsWith(`.${plain}`));
    });
}

/** Whether an address is in a range such as 10.0.0.0/8. */
function isInRange(host: string, range: string): boolean {
  const [net = '', bits] = range.split('/');
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) === 0 || isIP(host) !== isIP(net) || !/^\d{1,3}$/.test(bits ?? '')) return false;
  const list = new BlockList();
  try {
    list.addSubnet(net, Number(bits), family);
  } catch {
    return false;
  }
  return list.check(host, family);
}

const trouble = (message: string): Error =>
  Object.assign(new Error(`${message}.`), { code: PROXY_TROUBLE, syscall: 'connect' });

/** A proxy has to answer in this time. */
const CONNECT_MS = 5_000;

type Connected = NonNullable<Parameters<http.Agent['createConnection']>[1]>;
type Destination = Parameters<http.Agent['createConnection']>[0];

/** Connects through the proxy that the environment names for each host, and directly where it names none. */
class ProxiedHttps extends https.Agent {
  override createConnection(to: https.RequestOptions, done?: Connected): Duplex | null | undefined {
    const { secureContext } = this.options as { secureContext?: SecureContext };
    // A proxy that speaks TLS may have a certificate of the same authorities.
    const trust: object = { ...(secureContext && { secureContext }) };
    return connected('https:', to, done, {
      directly: () => super.createConnection(to, done),
      through: (proxy) => new HttpsProxyAgent({ ...this.options, proxy, proxyRequestOptions: trust }),
    });
  }
}

class ProxiedHttp extends http.Agent {
  override createConnection(to: Destination, done?: Connected): Duplex | null | undefined {
    return connected('http:', to, done, {
      directly: () => super.createConnection(to, done),
      through: (proxy) => new HttpProxyAgent({ proxy }),
    });
  }
}

function connected(
  protocol: string,
  to: Destination,
  done: Connected = () => {},
  ways: { directly: () => Duplex | null | undefined; through: (proxy: URL) => http.Agent },
): Duplex | null | undefined {
  const { host, port } = to;
  const failed = (error: Error) => done(error, undefined as unknown as Duplex);
  const authority = `${isIP(host ?? '') === 6 ? `[${host}]` : host}${port ? `:${port}` : ''}`;
  let proxy: URL | undefined;
  try {
    proxy = proxyFor(new URL(`${protocol}//${authority}`));
  } catch (error) {
    failed(error as Error);
    return undefined;
  }
  if (!proxy) return ways.directly();
  const at = proxy.host;
  ways.through(proxy).createConnection({ ...to, timeout: CONNECT_MS }, (error, socket) => {
    if (!error) return done(null, socket);
    // Nothing of the request was sent.
    const status = /^Bad response: (\d+)/.exec(error.message)?.[1];
    const why = (error as NodeJS.ErrnoException).code ?? error.message;
    const said = status ? `did not connect to ${authority}: status ${status}` : `cannot be reached: ${why}`;
    return failed(Object.assign(trouble(`The proxy ${at} ${said}`), { cause: error }));
  });
  return undefined;
}

/** Whether calls to the internet go through a proxy, which takes longer to connect. */
export const usesProxy = (): boolean => ['https_proxy', 'http_proxy', 'all_proxy'].some((name) => setting(name) !== '');

/** Agents that use the proxies of the environment, for as many connections as the SDK makes by itself. */
export function proxiedAgents(secureContext?: SecureContext): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  const settings = { keepAlive: true, maxSockets: 50 };
  const trust = secureContext && { secureContext };
  return { httpAgent: new ProxiedHttp(settings), httpsAgent: new ProxiedHttps({ ...settings, ...trust }) };
}

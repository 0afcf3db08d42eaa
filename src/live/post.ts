import http from 'node:http';
import https from 'node:https';
import { ownTrust } from './authorities.ts';
import { proxiedAgents, proxyFor } from './proxy.ts';
import { wholeBody } from './whole-body.ts';

interface Posted {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Uint8Array;
}

/** Posts bytes through the proxy and with the authorities of the environment. Rejects where nobody answers. */
export const post = (
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body: Uint8Array; signal: AbortSignal },
): Promise<Posted> => asked('POST', url, { headers: { ...headers, 'content-length': body.length }, body, signal });

/** Asks for the headers of a URL on the same way. */
export const head = (url: string, options: { headers: Record<string, string>; signal: AbortSignal }): Promise<Posted> =>
  asked('HEAD', url, options);

async function asked(
  method: 'POST' | 'HEAD',
  url: string,
  { headers, body, signal }: { headers: http.OutgoingHttpHeaders; body?: Uint8Array; signal: AbortSignal },
): Promise<Posted> {
  const to = new URL(url);
  const { httpAgent, httpsAgent } = proxiedAgents(await ownTrust());
  try {
    return await new Promise((resolve, reject) => {
      const answered = (answer: http.IncomingMessage) => {
        const { statusCode: status = 0, headers } = answer;
        wholeBody(answer, to.host).then((body) => resolve({ status, headers, body }), reject);
      };
      const options = { method, headers, signal };
      const request =
        to.protocol === 'https:' ? https.request(to, { ...options, agent: httpsAgent }) : plainly(to, options);
      request.on('response', answered);
      request.on('error', reject);
      request.end(body);
    });
  } finally {
    httpAgent.destroy();
    httpsAgent.destroy();
  }
}

/** What is not encrypted a proxy takes by its whole URL: few connect to other ports than 443. */
function plainly(to: URL, asked: http.RequestOptions & { headers: http.OutgoingHttpHeaders }): http.ClientRequest {
  const proxy = proxyFor(to);
  if (!proxy) return http.request(to, asked);
  const { username, password } = proxy;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers = {
    ...asked.headers,
    host: to.host,
    ...(username !== '' && { 'proxy-authorization': `Basic ${login}` }),
  };
  const bare = new URL(proxy.origin);
  return (proxy.protocol === 'https:' ? https : http).request(bare, { ...asked, headers, path: to.href });
}

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Whether only this machine can connect to an address. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

/**
 * Why a request is refused as a web page's, which a browser on this machine sends without asking; `undefined` for one of a client of AWS. A page
 * gives its origin away, or had its own name lead here, which is then in `Host`.
 */
export function foreign({ origin, host = '' }: IncomingHttpHeaders, listens: string): string | undefined {
  if (origin !== undefined && !isOwn(origin, host)) return `A page of ${origin} may ask nothing here.`;
  if (!isLoopback(listens)) return undefined;
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  // S3's clients put the bucket before the name that they were given, and some clients keep AWS's own name.
  if (
    name === '' ||
    isIP(name) !== 0 ||
    /(^|\.)(localhost|amazonaws\.(com(\.cn)?|eu)|api\.(aws|amazonwebservices\.(com\.cn|eu)))$/i.test(name)
  )
    return undefined;
  if (/\.\d{1,3}(\.\d{1,3}){3}$/.test(name)) return undefined;
  return `Nothing is served here under the name ${name}.`;
}

const isOwn = (origin: string, host: string): boolean => URL.canParse(origin) && new URL(origin).host === host;

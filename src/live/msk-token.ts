import { dnsSuffixOf } from '../partition.ts';
import { presigned, type Signing } from './presigned.ts';

/** MSK accepts what was signed for 15 minutes; each connection brings its own. */
const EXPIRES_IN_SECONDS = 900;

/** The token by which MSK sees who we are: a request to connect, signed and not sent, as a bearer token of OAuth. */
export async function mskToken(region: string, signing: Signing): Promise<string> {
  const url = await presigned({
    service: 'kafka-cluster',
    region,
    hostname: `kafka.${region}.${dnsSuffixOf(region)}`,
    query: { Action: 'kafka-cluster:Connect' },
    expiresInSeconds: EXPIRES_IN_SECONDS,
    signing,
  });
  // Not signed: MSK logs who it was.
  return Buffer.from(`${url}&User-Agent=dr-drill`).toString('base64url');
}

import type { Clock } from '../clock/clock.ts';
import { dnsSuffixOf } from '../partition.ts';
import type { Cluster } from '../ports/kubernetes.ts';
import { presigned, type Signing } from './presigned.ts';

/** EKS accepts a token for 15 minutes after it was signed. */
const LASTS_MS = 10 * 60_000;
const CLUSTER_HEADER = 'x-k8s-aws-id';

/** Tokens for the Kubernetes APIs of EKS clusters: a request to STS, signed and not sent, that EKS sends to see who we are. */
export function eksTokens(
  signing: Signing,
  clock: Clock,
): (cluster: Cluster, options?: { anew?: boolean }) => Promise<string> {
  const known = new Map<string, { token: string; untilMs: number }>();
  return async ({ region, cluster }, { anew = false } = {}) => {
    const key = `${region}/${cluster}`;
    const old = known.get(key);
    if (old && !anew && clock.nowMs() < old.untilMs) return old.token;
    const token = await signed(region, cluster, signing);
    known.set(key, { token, untilMs: clock.nowMs() + LASTS_MS });
    return token;
  };
}

async function signed(region: string, cluster: string, signing: Signing): Promise<string> {
  const url = await presigned({
    service: 'sts',
    region,
    hostname: `sts.${region}.${dnsSuffixOf(region)}`,
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { [CLUSTER_HEADER]: cluster },
    expiresInSeconds: 60,
    signing,
  });
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

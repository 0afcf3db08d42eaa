import { realClock } from '../clock/real-clock.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { proofByAws, proofByKey } from '../live/identity.ts';
import { type Prove, personBehind } from '../live/people.ts';
import { liveTransport } from '../live/transport.ts';
import { mfaCodeHere } from './mfa-code.ts';

/**
 * How a person proves who they are where the topology names people: by a key, or by the AWS identity that this process has. A person
 * who is not in the topology is refused at once.
 */
export function proverFor({ people, regions }: Topology, { key }: { key?: string | undefined }): Prove | undefined {
  if (!people) return undefined;
  return async (digest) => {
    const proof = key === undefined ? await byAws(digest, regions.recovery) : proofByKey(digest, key);
    const known = await personBehind(proof, digest, people);
    if (!('refused' in known)) return proof;
    throw new DrillError('not-known', `This answer would not count: ${known.refused.replace(/\.$/, '')}.`, {
      hint: 'Log in as yourself, or sign with a key of yours (--key), and have the topology name you under people.',
    });
  };
}

async function byAws(digest: string, region: string) {
  const transport = await liveTransport(realClock(), { region, askMfaCode: mfaCodeHere() });
  return proofByAws(digest, region, transport);
}

import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { own } from './lab-folder.ts';

export interface Authority {
  keyType: 'ec' | 'rsa';
  key: string;
  /** What a client trusts, as PEM. */
  cert: string;
}

/** As any certificate in use, they are older than a drill's wall clock is off. */
const yesterday = (): Date => new Date(Date.now() - 86_400_000);

/** An authority of its own for each lab, as RDS has one for each region. */
export async function makeAuthority(keyType: Authority['keyType'] = 'ec'): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: 'dr-drill lab authority' }], {
    keyType,
    algorithm: 'sha256',
    notBeforeDate: yesterday(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { keyType, key: made.private, cert: made.cert };
}

/** Puts a server's certificate for these host names and addresses into a folder; gives the settings that use it. */
export async function certify(authority: Authority, names: string[], folder: string): Promise<Record<string, string>> {
  const made = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    keyType: authority.keyType,
    algorithm: 'sha256',
    notBeforeDate: yesterday(),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  writeFileSync(certificate, made.cert);
  writeFileSync(key, made.private, { mode: 0o600 });
  own(certificate);
  own(key);
  return { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key };
}

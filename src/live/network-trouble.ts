/** What the network did instead of delivering an answer, in words; `hint` says what to check. */
export interface NetworkTrouble {
  what: string;
  hint: string;
}

const ROUTE = 'Check the network, VPN, firewall and proxy (HTTPS_PROXY, NO_PROXY) of this machine.';
const TRUST =
  'If a proxy or a private endpoint has its own certificate authority, name its PEM file in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS.';

const CODES: Record<string, NetworkTrouble> = {
  ENOTFOUND: { what: 'its host name does not exist in DNS', hint: `Check the region and the name. ${ROUTE}` },
  EAI_AGAIN: { what: 'the name server of this machine does not answer', hint: ROUTE },
  ECONNREFUSED: { what: 'the connection was refused', hint: ROUTE },
  ECONNRESET: { what: 'the connection was reset', hint: ROUTE },
  EPIPE: { what: 'the connection was closed', hint: ROUTE },
  ECONNABORTED: { what: 'the connection was closed', hint: ROUTE },
  ETIMEDOUT: { what: 'no connection came about in time', hint: ROUTE },
  EHOSTUNREACH: { what: 'there is no route to its host', hint: ROUTE },
  ENETUNREACH: { what: 'there is no route to its network', hint: ROUTE },
  ENETDOWN: { what: 'the network of this machine is down', hint: ROUTE },
  EADDRNOTAVAIL: { what: 'this machine has no address to connect from', hint: ROUTE },
  EPROTO: { what: 'it does not speak TLS', hint: 'Check https: and http: in the endpoint and the proxy.' },
};

/** Codes of OpenSSL, of Node's own TLS, and of its HTTP parser. */
const TLS =
  /^(ERR_(TLS|SSL)_\w+|CERT_\w+|\w*_CERT(_\w+)?|UNABLE_TO_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE)$/;
const GARBLED = /^HPE_\w+$/;

/** What the network did, if this error is of the network; looks at its causes as well. */
export function networkTrouble(error: unknown): NetworkTrouble | undefined {
  const chain = causesOf(error);
  for (const look of [byCode, byName, byText]) {
    const found = chain.map(look).find((one) => one !== undefined);
    if (found) return found;
  }
  return undefined;
}

/** Codes of connections that never came about. */
const NOT_CONNECTED = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

/** Whether a request certainly did not arrive, because there was no connection to send it over. */
export const neverConnected = (error: unknown): boolean =>
  causesOf(error).some(
    ({ code }: NodeJS.ErrnoException) =>
      [NOT_CONNECTED, TLS].some((codes) => codes.test(code ?? '')) || code === PROXY_TROUBLE,
  );

/** The error and all that it was caused by, the deepest last. Node tries several addresses, and tells of all of them. */
function causesOf(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...inner].flatMap((one) => causesOf(one, depth + 1))];
}

function byCode({ message, code }: NodeJS.ErrnoException): NetworkTrouble | undefined {
  if (typeof code !== 'string') return undefined;
  if (code === PROXY_TROUBLE)
    return { what: message.replace(/\.$/, ''), hint: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.' };
  const known = CODES[code];
  if (known) return { ...known, what: `${known.what} (${code})` };
  if (TLS.test(code)) return { what: `its certificate or TLS was not accepted (${code})`, hint: TRUST };
  if (GARBLED.test(code)) return { what: `its answer is not HTTP (${code})`, hint: ROUTE };
  return code.startsWith('UND_ERR') ? { what: `the connection failed (${code})`, hint: ROUTE } : undefined;
}

function byName({ name, message }: Error): NetworkTrouble | undefined {
  if (name === 'TimeoutError') return { what: 'no answer came in time', hint: ROUTE };
  if (name === 'Unreachable' || name === 'NetworkingError') return { what: message.replace(/\.$/, ''), hint: ROUTE };
  return undefined;
}

/** Some of the SDK's own errors keep no more than the text of what happened. */
function byText({ message }: Error): NetworkTrouble | undefined {
  const code = Object.keys(CODES).find((one) => new RegExp(`\\b${one}\\b`).test(message));
  const known = code === undefined ? undefined : CODES[code];
  if (known) return { ...known, what: `${known.what} (${code})` };
  return /\bTimeoutError\b/.test(message) ? { what: 'no answer came in time', hint: ROUTE } : undefined;
}

/** The code of an error of the proxy itself. */
export const PROXY_TROUBLE = 'ERR_PROXY';

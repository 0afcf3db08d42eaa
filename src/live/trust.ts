/**
 * Whether a connection failed because its certificate is not trusted: OpenSSL's and Node's names. Garbled TLS, as something on the way may
 * cause it, passes.
 */
export const isAboutTrust = (code: string, message: string): boolean =>
  /^(ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/.test(code) ||
  (/^(ERR_SSL|EPROTO)/.test(code) && /alert|certificate|unsupported|no shared/i.test(message));

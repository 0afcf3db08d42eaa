const CENSORED = '[secret]';

/** What people and services are known to put into messages: log-ins in addresses, keys of AWS, tokens, signed requests. */
const secrets: [pattern: RegExp, instead: string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${CENSORED}@`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, CENSORED],
  [/\b(X-Amz-(?:Security-Token|Signature|Credential)=)[^&\s]+/gi, `$1${CENSORED}`],
  [/\b(Bearer|Basic) [A-Za-z0-9+/=._~-]{8,}/g, `$1 ${CENSORED}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, CENSORED],
  [
    /\b((?:password|passwd|pwd|secret|token|api[_-]?key|session[_-]?key|secret[_-]?access[_-]?key)\s*[=:]\s*)[^\s,;&"']+/gi,
    `$1${CENSORED}`,
  ],
];

/** The text with whatever looks like a secret taken out. Errors pass here before they are journalled or logged. */
export const withoutSecrets = (text: string): string =>
  secrets.reduce((cleaned, [pattern, instead]) => cleaned.replace(pattern, instead), text);

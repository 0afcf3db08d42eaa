import { tokenForms } from './token-forms.ts';

export const CENSORED = '[secret]';

type Rule = [pattern: RegExp, instead: string | ((...match: string[]) => string)];

/** Ends of names whose values are secret: `PGPASSWORD`, `client_secret`, `X-Vault-Token`. `secret-id` or `tokens_used` are none. */
const NAMED =
  'passwords?|passwd|passphrase|passcode|pwd|secrets?|tokens?|api[_-]?keys?|(?:access|account|private|signing|encryption|session|shared|storage|master|auth|client|secret|ssh)[_-]?keys?(?:[_-]?data)?|secret[_-]?string|authorization|x-auth|signature';
const NAME = `(?:[\\w.-]{0,60}?(?:${NAMED})(?:[_-]?(?:value|base64|b64|\\d{1,3}))?|_auth|requirepass|masterauth)`;
/** What stands for a secret without being one: a reference, a placeholder, what is taken out already, the words of a mistake. */
const NO_VALUE =
  '(?!\\\\{0,3}["\']?(?:\\$|<|\\{\\{|%\\w+%|\\*{3}|\\[secret\\]|(?:null|none|true|false|undefined|expected|missing|required|unknown|invalid|unrecognized)\\b|(?:it|is|was|must|the|this|not|no)\\s))';
const WORD = String.raw`[^\s,;&"'<>\\)\]}]{1,4096}`;
/** A quoted value (in a text that is JSON within JSON, too), one in braces, or one that ends with its word. */
const VALUE = String.raw`(?:(?<quote>\\{0,3}["'])(?:(?!(?<!\\)\k<quote>).){1,4096}(?<!\\)\k<quote>|\{[^{}\n]{1,512}\}|["']?${WORD}(?:,(?![\w.-]{1,40}\s*[=:])${WORD})*)`;

const credited = String.raw`\b[a-z][a-z0-9+.-]{0,30}:\/\/`;

/** How people and programs write a secret beside its name. */
const rules: Rule[] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g, CENSORED],
  // Log-ins in addresses. A password may hold `@`; for a database even `/`.
  [
    /\b((?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|jdbc:\w{1,20}):\/\/[^\s:/@]{0,256}):[^\s"'<>]{1,1024}@/gi,
    `$1:${CENSORED}@`,
  ],
  [new RegExp(`(${credited}[^\\s:/@]{0,256}):[^\\s/"'<>]{1,1024}@`, 'gi'), `$1:${CENSORED}@`],
  [new RegExp(`(${credited})[\\w.~%+-]{20,1024}@`, 'gi'), `$1${CENSORED}@`],
  [
    /([?&](?:X-(?:Amz|Goog)-(?:Security-Token|Signature|Credential)|AWSAccessKeyId|sig|code|key|auth)=)[^&\s"'<>]{8,}/gi,
    `$1${CENSORED}`,
  ],
  [/\b((?:Proxy-)?Authorization\\{0,3}["']?\s*[:=]\s*\\{0,3}["']?)(?!\[secret\])[^"'\n\\]{4,4096}/gi, `$1${CENSORED}`],
  [/\b((?:Set-)?Cookie\s*:\s*)[^"'\n\\]{4,4096}/gi, `$1${CENSORED}`],
  [/\b(Bearer|Basic|Negotiate|SSWS|GenieKey)\s+(?!\[secret\]|auth)[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${CENSORED}`],
  ...tokenForms.map((form): Rule => [form, CENSORED]),
  [
    new RegExp(
      String.raw`((?<![\w.-]|:secretsmanager:[\w*-]{0,40}:[\d*]{0,12}:)\\{0,3}["']?${NAME}\\{0,3}["']?\s{0,8}(?:=>|:=|==?|:)\s{0,8})${NO_VALUE}${VALUE}`,
      'gi',
    ),
    valueOut,
  ],
  [new RegExp(String.raw`(\\{0,3}["']auth\\{0,3}["']\s{0,8}:\s{0,8})${NO_VALUE}${VALUE}`, 'gi'), valueOut],
  [new RegExp(String.raw`(<(?:\w{1,20}:)?${NAME}>)[^<]{1,4096}(?=<)`, 'gi'), `$1${CENSORED}`],
  // On a command line, in SQL, in .netrc, in .pgpass.
  [new RegExp(String.raw`(--?${NAME}\s{1,8})(?!-)${NO_VALUE}${VALUE}`, 'gi'), valueOut],
  [/((?:^|\s)(?:-u|--user|--proxy-user)[ =]["']?[^\s:"']{1,256}):[^\s"']{1,1024}/g, `$1:${CENSORED}`],
  [/\b((?:mysql\w{0,10}|mariadb\w{0,10}|sshpass)\b[^\n]{0,400}?\s-p\s?)(?![\s$])[^\s"']{1,256}/g, `$1${CENSORED}`],
  [/\b(redis-cli\b[^\n]{0,400}?\s(?:-a|--pass)\s+)(?!\$)[^\s"']{1,256}/g, `$1${CENSORED}`],
  [
    /\b((?:PASSWORD|PASSPHRASE|IDENTIFIED(?: WITH "?\w{1,40}"?)? (?:BY|AS))\s{0,4}\(?\s{0,4}(?:is|was)?\s{0,4})(["'])(?!\$)(?:(?!\2).){1,1024}\2/gi,
    `$1$2${CENSORED}$2`,
  ],
  [/\b(login\s+\S{1,256}\s+password\s+)(?!\[secret\])\S{1,1024}/gi, `$1${CENSORED}`],
  [
    /((?:^|[\s"'])(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}|localhost|\*):(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}):[^\s"']{1,1024}/g,
    `$1:${CENSORED}`,
  ],
  [/\b((?:requirepass|masterauth)\s+)[^\s"']{1,1024}/gi, `$1${CENSORED}`],
];

function valueOut(whole: string, name = ''): string {
  const quote = /^\\{0,3}["']/.exec(whole.slice(name.length))?.[0] ?? '';
  return `${name}${quote}${CENSORED}${quote}`;
}

/** No rule finds anything in a text without one of these: most texts are done with one look. */
const SUSPICIOUS = new RegExp(
  [
    'pass|pwd|sig"|mysql|mariadb|redis-cli|masterauth|secret|token|key|auth|credential|signature|sig=|code=|cookie|bearer|basic|negotiate|ssws|PRIVATE|identified|-u |--user|--proxy-user',
    '://[^/\\s]{0,1024}@|://[^\\s"\']{0,1024}@|:\\d{2,5}:|:\\*:',
    ...tokenForms.map(({ source }) => source),
  ].join('|'),
  'i',
);

/** Values that are secret because of where they come from, in each form in which they may be told. */
const known = new Set<string>();
let knownForms: RegExp | undefined;

/** Shorter ones, and plain words, cannot be told from other text. */
const isTelling = (value: string): boolean =>
  value.length >= 6 && !/^(?:\d{1,8}|[a-z]{1,7}|true|false|disabled|enabled)$/i.test(value);

/** Takes a value that this process has read as a secret out of every text from now on. */
export function keepSecret(value: string | undefined): void {
  if (value === undefined) return;
  for (const one of [value.trim(), ...value.split(/\s*\n\s*/).filter((line) => line.length >= 16)]) {
    if (!isTelling(one) || known.has(one)) continue;
    const inJson = JSON.stringify(one).slice(1, -1);
    for (const form of [
      one,
      inJson,
      encodeURIComponent(Buffer.from(one).toString()),
      Buffer.from(one).toString('base64'),
    ])
      known.add(form);
    knownForms = undefined;
  }
}

/** What Secrets Manager and its like hold: text, or JSON in which only some values are secret. */
export function keepSecretsIn(text: string | undefined): void {
  keepSecret(text);
  if (!text?.trimStart().startsWith('{')) return;
  try {
    for (const [name, value] of Object.entries(JSON.parse(text)))
      if (typeof value === 'string' && !PUBLIC.test(name)) keepSecret(value);
  } catch {
    // It is no JSON, and kept as a whole.
  }
}

/** Keys beside a password in the secrets that RDS, Redshift and DocumentDB write. */
const PUBLIC =
  /^(?:user(?:name)?|engine|host(?:name)?|port|db(?:name)?|database|region|.*identifier|.*arn|ssl.*|tls.*)$/i;

/** Takes in what the environment holds under names of secrets. */
export function keepSecretsOfEnvironment(env: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(env)) if (SECRET_NAME.test(name)) keepSecret(value);
}

const SECRET_NAME = new RegExp(`^${NAME}$`, 'i');

/** The text with whatever looks like a secret, or is known to be one, taken out. */
export function withoutSecrets(text: string): string {
  const rest = withoutKnown(text);
  if (!SUSPICIOUS.test(rest)) return rest;
  return rules.reduce((cleaned, [pattern, instead]) => cleaned.replace(pattern, instead as string), rest);
}

function withoutKnown(text: string): string {
  if (known.size === 0) return text;
  knownForms ??= anyOf([...known].filter((value) => !(isName(value) && named.includes(value))));
  return text.replace(knownForms, CENSORED);
}

/** Names that stand in the files of a run. A password that is one of them is no secret, and steps need the name. */
let named = '';

export function spareNamesIn(files: object): void {
  named = JSON.stringify(files);
  knownForms = undefined;
}

const isName = (value: string): boolean => value.length < 24 && /^[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*$/.test(value);

/** Longer ones first; of none, what matches nothing. */
const anyOf = (values: string[]): RegExp =>
  new RegExp(
    values.length === 0
      ? '$^'
      : values
          .sort((one, other) => other.length - one.length)
          .map(literally)
          .join('|'),
    'g',
  );

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Keys of objects under which a text is a secret itself. `secret` is none: a topology gives its secrets' names there. */
const SECRET_KEY =
  /(?:password|passwd|passphrase|secret_?access_?key|(?:session|access|refresh|id|auth|bearer)_?token|client_?secret|api_?key|private_?key|authorization|secret_?string)$/i;

/** Plain data with the secrets taken out of every text in it, wherever it stands. */
export function withoutSecretsIn<T>(data: T): T {
  return cleaned(data, '') as T;
}

function cleaned(data: unknown, key: string): unknown {
  if (typeof data === 'string') return data !== '' && SECRET_KEY.test(key) ? CENSORED : withoutSecrets(data);
  if (Array.isArray(data)) return data.map((one) => cleaned(one, ''));
  if (typeof data !== 'object' || data === null) return data;
  const { name, value } = data as { name?: unknown; value?: unknown };
  const isNamed = typeof name === 'string' && typeof value === 'string' && SECRET_NAME.test(name);
  return Object.fromEntries(
    Object.entries(data).map(([at, one]) => [
      withoutSecrets(at),
      isNamed && at === 'value' ? CENSORED : cleaned(one, at),
    ]),
  );
}

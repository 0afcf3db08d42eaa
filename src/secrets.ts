import { tokenForms } from './token-forms.ts';

export const CENSORED = '[secret]';

type Rule = [pattern: RegExp, instead: string | ((...match: string[]) => string)];

/** Ends of names whose values are secret: `PGPASSWORD`, `client_secret`, `X-Vault-Token`. `secret-id` or `tokens_used` are none. */
const NAMED =
  'passwords?|passwd|passphrase|passcode|pwd|secrets?|tokens?|api[_-]?keys?|(?:access|account|private|signing|encryption|session|shared|storage|master|auth|client|secret|ssh|aes|license|subscription|routing|integration)[_-]?keys?(?:[_-]?data)?|secret[_-]?string|authorization|x-auth|bearer|sess(?:ion)?[_-]?id|x-honeycomb-team';
const NAME = `(?:[\\w.-]{0,60}?(?:${NAMED})(?:[_-]?(?:value|base64|b64|\\d{1,3}))?|(?:[\\w.-]{0,60}cli)?_auth|requirepass|masterauth|t?otp)`;
/** What stands for a secret without being one: a reference, a placeholder, what is taken out already, the words of a mistake. */
const NO_VALUE =
  '(?!\\\\{0,3}["\']?(?:\\$|<|\\{\\{|\\{\\s*\\\\{0,3}["\']?\\w+\\\\{0,3}["\']?\\s*:|\\(from\\s|password\\(|%\\w+%|\\*{3}|\\[secret\\]|(?:null|none|true|false|undefined|expected|missing|required|unknown|invalid|unrecognized)\\b|(?:it|is|was|must|the|this|not|no)\\s))';
const WORD = String.raw`[^\s,;&"'<>\\)\]}]{1,4096}`;
/** Also as they stand in a text that is JSON within JSON. */
const SPACES = String.raw`(?:\s|\\{1,3}[nrt]){0,40}`;
/** A quoted value (in a text that is JSON within JSON, too), one in braces, or one that ends with its word. */
const VALUE = String.raw`(?:(?:\\{0,3}"){3}[\s\S]{1,4096}?(?:\\{0,3}"){3}|(?<quote>\\{0,3}["'])(?:(?!(?<!\\)\k<quote>).){1,4096}(?<!\\)\k<quote>|\{[^{}\n]{1,512}\}|["']?${WORD}(?:,(?![\w.-]{1,40}\s*[=:])${WORD})*)`;

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
  [/\b((?:\w{1,20}-)?signature\\{0,3}["']?\s{0,4}[=:]\s{0,4}\\{0,3}["']?)[A-Za-z0-9%+/=_~-]{16,}/gi, `$1${CENSORED}`],
  ...tokenForms.map((form): Rule => [form, CENSORED]),
  // A value apart from its name: in the environment of a container, as an attribute of XML, in a manifest of Kubernetes.
  [
    new RegExp(
      String.raw`((?:name|key)\\{0,3}["']?\s{0,8}[:=]\s{0,8}\\{0,3}["']?${NAME}\\{0,3}["']?\s{0,4},?${SPACES}\\{0,3}["']?value\\{0,3}["']?\s{0,8}[:=]\s{0,8})${NO_VALUE}${VALUE}`,
      'gi',
    ),
    valueOut,
  ],
  [
    new RegExp(
      String.raw`(\\{0,3}["']?value\\{0,3}["']?\s{0,8}:\s{0,8})${NO_VALUE}${VALUE}(?=,\s{0,8}\\{0,3}["']?name\\{0,3}["']?\s{0,8}:\s{0,8}\\{0,3}["']?${NAME}\\{0,3}["'])`,
      'gi',
    ),
    valueOut,
  ],
  [new RegExp(String.raw`(<${NAME}\s{1,8}value\s{0,4}=\s{0,4})${VALUE}`, 'gi'), valueOut],
  [
    /\b(stringData\\{0,3}["']?\s{0,4}:)(?:\s{0,4}\{[^{}]{1,4096}\}|(?:(?:\n|\\{1,3}n)[ \t]{1,20}[^\n\\]{1,4096}){1,200})/g,
    `$1 ${CENSORED}`,
  ],
  [
    new RegExp(String.raw`(${NAME}(?:%22)?(?:%3D|%3A)(?:%20)?(?:%22)?)(?!\[secret\])[^%&\s"']{1,1024}`, 'gi'),
    `$1${CENSORED}`,
  ],
  // SQL
  [
    /\b((?:SET\s{1,4})?PASSWORD(?:\s{1,4}FOR\s{1,4}[^\s=]{1,128})?\s{0,4}=\s{0,4}(?:PASSWORD\s{0,4}\(\s{0,4})?)(["'])(?!\$)(?:(?!\2).){1,1024}\2/gi,
    `$1$2${CENSORED}$2`,
  ],
  [/\b(IDENTIFIED(?: WITH "?\w{1,40}"?)? (?:BY|AS)\s{1,4})(?!\$|\[secret\])[^\s;'"]{1,1024}/gi, `$1${CENSORED}`],
  [
    new RegExp(
      String.raw`((?<![\w.-]|:secretsmanager:[\w*-]{0,40}:[\d*]{0,12}:)\\{0,3}["']?${NAME}\\{0,3}["']?\s{0,8}(?:=>|:=|==?|:)${SPACES})${NO_VALUE}${VALUE}`,
      'gi',
    ),
    valueOut,
  ],
  [new RegExp(String.raw`(\\{0,3}["']auth\\{0,3}["']\s{0,8}:\s{0,8})${NO_VALUE}${VALUE}`, 'gi'), valueOut],
  [new RegExp(String.raw`(<(?:\w{1,20}:)?${NAME}>)[^<]{1,4096}(?=<)`, 'gi'), `$1${CENSORED}`],
  // On a command line, in SQL, in .netrc, in .pgpass.
  [new RegExp(String.raw`(--?${NAME}\s{1,8})(?!-)${NO_VALUE}${VALUE}`, 'gi'), valueOut],
  [/((?:^|\s)(?:-u|--user|--proxy-user)[ =]["']?[^\s:"']{1,256}):[^\s"']{1,1024}/g, `$1:${CENSORED}`],
  [
    /\b((?:mysql\w{0,10}|mariadb\w{0,10}|mongo(?:sh|dump|restore)?|sshpass|(?:docker|podman|oc|az|helm|helm registry) login)\b[^\n]{0,400}?\s-p\s?["']?)(?![\s$])[^\s"']{1,256}/g,
    `$1${CENSORED}`,
  ],
  [
    /\b(echo\s{1,4}(?:-n\s{1,4})?["']?)(?!\$)[^\s"'|]{1,256}(?=["']?\s{0,4}\|[^\n]{0,400}password-stdin)/g,
    `$1${CENSORED}`,
  ],
  [/(-pass(?:in|out)?\s{1,4}["']?pass:)[^\s"']{1,256}/g, `$1${CENSORED}`],
  [/((?<![\w-])(?:[\w.-]{0,60}[_.-])?pass=["']?)(?!\$|true|false|\[secret\])[^\s"'&,;]{1,256}/gi, `$1${CENSORED}`],
  // In a sentence only what is no word: “password is wrong” tells nothing.
  [
    /\b((?:password|passphrase|passcode)\s{1,4}(?:(?:is|was)\s{1,4})?["'`]?)(?=[^\s"'`]{0,256}\d)(?=[^\s"'`]{0,256}[a-z])[^\s"'`,;]{8,1024}/gi,
    `$1${CENSORED}`,
  ],
  [
    /\b(AUTH\s{1,4}(?:[a-z]\w{0,30}\s{1,4})?)(?=[^\s"']{0,256}\d)(?=[^\s"']{0,256}[a-z])[^\s"']{8,1024}/g,
    `$1${CENSORED}`,
  ],
  [/\b(redis-cli\b[^\n]{0,400}?\s(?:-a|--pass)\s+)(?!\$)[^\s"']{1,256}/g, `$1${CENSORED}`],
  [
    /\b((?:PASSWORD|PASSPHRASE|IDENTIFIED(?: WITH "?\w{1,40}"?)? (?:BY|AS))(?:\s{1,4}\(?|\()\s{0,4}(?:is|was)?\s{0,4})(["'])(?!\$)(?:(?!\2).){1,1024}\2/gi,
    `$1$2${CENSORED}$2`,
  ],
  [/\b(login\s+\S{1,256}\s+password\s+)(?!\[secret\])\S{1,1024}/gi, `$1${CENSORED}`],
  [
    /((?:^|[\s"'])(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}|localhost|\*):(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}):[^\s"']{1,1024}/g,
    `$1:${CENSORED}`,
  ],
  [/\b((?:requirepass|masterauth)\s+)[^\s"']{1,1024}/gi, `$1${CENSORED}`],
];

/** Names of secrets are paths, and numbers of tokens are numbers: neither is a secret. */
const PATH = /^\\{0,3}["']?[a-z][a-z0-9_-]{0,60}(?:\/[a-z0-9_.-]{1,60}){1,8}\\{0,3}["']?$/;

function valueOut(whole: string, name = ''): string {
  const value = whole.slice(name.length);
  if (/\bsecrets?\W{0,20}$/i.test(name) && PATH.test(value)) return whole;
  if (/tokens\W{0,20}$/i.test(name) && /^\d{1,7}$/.test(value)) return whole;
  const quote = /^\\{0,3}["']/.exec(value)?.[0] ?? '';
  return `${name}${quote}${CENSORED}${quote}`;
}

/** No rule finds anything in a text without one of these: most texts are done with one look. */
const SUSPICIOUS = new RegExp(
  [
    'pass|pwd|sig"|signature|stringData|sess(?:ion)?_?id|honeycomb|otp|login |mysql|mariadb|redis-cli|masterauth|secret|token|key|auth|credential|signature|sig=|code=|cookie|bearer|basic|negotiate|ssws|PRIVATE|identified|-u |--user|--proxy-user',
    '://[^/\\s]{0,1024}@|://[^\\s"\']{0,1024}@|:\\d{2,5}:|:\\*:',
    ...tokenForms.map(({ source }) => source),
  ].join('|'),
  'i',
);

/** Values that are secret because of where they come from, in each form in which they may be told. */
const known = new Set<string>();
let knownForms: RegExp | undefined;
/** The known ones without those that are names of the run's files. */
let values: string[] = [];

/** Shorter ones, and plain words, cannot be told from other text. */
const isTelling = (value: string): boolean =>
  value.length >= 6 && !/^(?:\d{1,8}|[a-z]{1,7}|true|false|disabled|enabled)$/i.test(value);

/** Takes a value that this process has read as a secret out of every text from now on. */
export function keepSecret(value: string | undefined): void {
  if (value === undefined) return;
  for (const one of [value.trim(), ...value.split(/\s*\n\s*/).filter((line) => line.length >= 16)]) {
    if (!isTelling(one) || known.has(one)) continue;
    for (const form of formsOf(one)) known.add(form);
    knownForms = undefined;
  }
}

/** How programs write a text into another one: as JSON, in a URL or a form, in HTML or XML, in Base64. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const inUrl = encodeURIComponent(bytes.toString());
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    inUrl,
    inUrl.replace(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase()),
    inUrl.replaceAll('%20', '+'),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...[1, 2].flatMap((before) => within(bytes, before)),
  ].filter((form) => form.length >= 6);
}

/** Base64 of a longer text that holds the value behind so many bytes, without the characters that its neighbours change. */
function within(bytes: Buffer, before: number): string[] {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const core = all
    .subarray(0, all.length - (all.length % 3))
    .toString('base64')
    .slice(before + 1);
  return core.length >= 12 ? [core, core.replaceAll('+', '-').replaceAll('/', '_')] : [];
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
  for (const [name, value] of Object.entries(env))
    if (SECRET_NAME.test(name) && !FOLDERS.includes(name)) keepSecret(value);
}

/** The shell's own: the folder that somebody is in, and the one before. */
const FOLDERS = ['PWD', 'OLDPWD'];

const SECRET_NAME = new RegExp(`^${NAME}$`, 'i');

/** The text with whatever looks like a secret, or is known to be one, taken out. */
export function withoutSecrets(text: string): string {
  const rest = withoutKnown(text);
  if (!SUSPICIOUS.test(rest)) return rest;
  return rules.reduce((cleaned, [pattern, instead]) => cleaned.replace(pattern, instead as string), rest);
}

function withoutKnown(text: string): string {
  if (known.size === 0) return text;
  if (!knownForms) {
    values = [...known].filter((value) => !(isName(value) && named.has(value)));
    knownForms = anyOf(values.map(literally));
  }
  const rest = text.replace(knownForms, CENSORED);
  return BROKEN.test(rest) ? withoutBroken(rest) : rest;
}

/** A line break, also one within JSON. */
const BROKEN = /[\r\n]|\\[rn]/;
const BREAKS = '(?:\\s|\\\\{1,3}[rnt])*';

/** The same of longer values that are broken into lines. */
function withoutBroken(text: string): string {
  const joined = text.replace(/\s|\\{1,3}[rnt]/g, '');
  const broken = values.filter((value) => value.length >= 16 && !/\s/.test(value) && joined.includes(value));
  if (broken.length === 0) return text;
  return text.replace(anyOf(broken.map((value) => [...value].map(literally).join(BREAKS))), CENSORED);
}

/** Names that stand in the files of a run. A password that is one of them is no secret, and steps need the name. */
let named = new Set<string>();

export function spareNamesIn(files: object): void {
  named = new Set(JSON.stringify(files).split(/[^\w.-]+/));
  knownForms = undefined;
}

const isName = (value: string): boolean => value.length < 24 && /^[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*$/.test(value);

/** Longer ones first; of none, what matches nothing. */
const anyOf = (patterns: string[]): RegExp =>
  new RegExp(patterns.length === 0 ? '$^' : patterns.sort((one, other) => other.length - one.length).join('|'), 'g');

/** Of a short value, a part of a hash or of an ARN may look the same: it must stand alone. */
const literally = (text: string): string => {
  const pattern = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.length > 1 && text.length < 10 ? `(?<![A-Za-z0-9])${pattern}(?![A-Za-z0-9])` : pattern;
};

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

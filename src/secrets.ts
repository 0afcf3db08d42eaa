import { besideNames } from './secret-forms/beside-names.ts';
import { inHttp } from './secret-forms/http.ts';
import { KEY_FOR, NAME } from './secret-forms/names.ts';
import { ofPrograms } from './secret-forms/programs.ts';
import { CENSORED, type Rule } from './secret-forms/rule.ts';
import { tokenForms } from './secret-forms/tokens.ts';

export { CENSORED };

/** How people and programs write a secret. The order matters: what an earlier rule took out stops a later one. */
const ahead: readonly Rule[] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g, CENSORED],
  ...inHttp,
];
const tokens = tokenForms.map((form): Rule => [form, CENSORED]);
const behind: readonly Rule[] = [...besideNames, ...ofPrograms];

/** No token is in a text that this does not find. A pattern is compiled when it is first asked, and there are many forms. */
const TOKEN = new RegExp(tokenForms.map(({ source }) => source).join('|'), 'i');

/** No rule finds anything in a text without one of these: most texts are done with one look. */
const SUSPICIOUS = new RegExp(
  [
    'pass|security[_-]?answer|dockerconfig|rabbitmqctl|SecureString|pwd|pswd|psw|pw\\b|pin\\b|pin[_-]?code|cvv|cvc|code|salt|pepper|cred|csrf|xsrf|plaintext|sid=|sess(?:ion)?(?:[_-]?id|=)|nonce=|response=|mac=|signature|stringData|honeycomb|otp|login |mysql|mariadb|mongo|cqlsh|psexec|plink|pscp|7z|rar |masterauth|secret|token|auth|credential|sig=|cookie|-b |bearer|basic|negotiate|ntlm|ssws|PRIVATE|identified|(?:^|\\s)-u[ =]?["\']?[^\\s:"\'-][^\\s:"\']{0,255}:|--user|--proxy-user|-a |sqlcmd|bcp |osql|zip |ldap|openssl|smbclient|sqlplus|rds_set_external|pgp_|kinit|net use|ACL SETUSER|mnemonic|seed|kennwort|contrase|mot.?de|senha|пароль|密码|密碼|パスワード|비밀번호',
    `${KEY_FOR}[ _-]?key|tls\\.key|[?&]key=`,
    '://[^/\\s]{0,1024}@|://[^\\s"\']{0,1024}@|\\w:[^\\s:/@"\'<>]{3,256}@|:\\d{2,5}:|:\\*:|jdbc:oracle|/[^\\s"\'@/]{4,256}@',
    TOKEN.source,
  ].join('|'),
  'i',
);

/** An instant: every line has one, and it looks like a password file's line to the pattern above. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

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
    forget();
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

/** The shell's own: the folder that someone is in, and the previous one. */
const FOLDERS = ['PWD', 'OLDPWD'];

const SECRET_NAME = new RegExp(`^${NAME}$`, 'i');

/** Short texts in which nothing was found: a journal says most of its words again and again. */
const clean = new Set<string>();
const MOST_CLEAN = 10_000;

/** The text without anything that looks like a secret or is known to be one. */
export function withoutSecrets(text: string): string {
  if (clean.has(text)) return text;
  const rest = withoutKnown(text);
  const cleaned = !INSTANT.test(rest) && SUSPICIOUS.test(rest) ? withoutForms(rest) : rest;
  if (cleaned === text && text.length <= 256 && clean.size < MOST_CLEAN) clean.add(text);
  return cleaned;
}

/** One word or path that is no token can be a secret only if it is known: every other rule needs a name, and something between. */
const WORD = /^[\w./-]*$/;

function withoutForms(text: string): string {
  if (WORD.test(text)) return withoutTokens(text);
  return applied(behind, withoutTokens(applied(ahead, text)));
}

const withoutTokens = (text: string): string => (TOKEN.test(text) ? applied(tokens, text) : text);

const applied = (rules: readonly Rule[], text: string): string =>
  rules.reduce((so, [pattern, instead]) => so.replace(pattern, instead as string), text);

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

/** Names that are in the files of a run. A password that is one of them is no secret, and steps need the name. */
let named = new Set<string>();

export function spareNamesIn(files: object): void {
  named = new Set(JSON.stringify(files).split(/[^\w.-]+/));
  forget();
}

/** What was found out rests on the values that were known. */
function forget(): void {
  knownForms = undefined;
  clean.clear();
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
  const copy: Record<string, unknown> = {};
  for (const [at, one] of Object.entries(data)) {
    const shown = isNamed && at === 'value' ? CENSORED : cleaned(one, at);
    // An assignment to this name would set the copy's prototype.
    if (at === '__proto__') Object.defineProperty(copy, at, { value: shown, enumerable: true, writable: true });
    else copy[withoutSecrets(at)] = shown;
  }
  return copy;
}

/** What keys are for that are secret: a foreign key and one of KMS are none. */
export const KEY_FOR =
  '(?:api|access|account|private|signing|encryption|session|shared|storage|master|auth|client|secret|ssh|aes|license|subscription|routing|integration)';

/** Ends of names whose values are secret: `PGPASSWORD`, `client_secret`, `X-Vault-Token`. `secret-id` or `tokens_used` are none. */
const NAMED = [
  'passwords?|passwd|pass[_-]?phrase|passcode|pwd|pswd|psw|(?:store|key|ssh|user|root|admin|become|smtp|mail)[_-]?pass',
  'secrets?|secret[_-]?(?:string|binary)|tokens?|authorization|x-auth|bearer|sess(?:ion)?[_-]?id|x-honeycomb-team',
  `${KEY_FOR}[_-]?keys?(?:[_-]?data)?|tls\\.key|\\.dockerconfigjson`,
  'security[_-]?answer|mnemonic|seed[_-]?phrase|passwort|kennwort|contrase[ñn]a|mot[_-]?de[_-]?passe|senha|пароль|密码|密碼|パスワード|비밀번호',
].join('|');
export const NAME = `(?:[\\w.-]{0,60}?(?:${NAMED})(?:[_-]?(?:value|base64|b64|hash|salt|\\d{1,3}))?|(?:[\\w.-]{0,60}cli)?_auth|(?:[\\w.-]{0,60}[_.-])?pw|requirepass|masterauth|t?otp)`;

/** Names that say as often what is no secret, as in `credentials: environment`: only a value that looks like one counts. */
export const MAYBE_NAME =
  '(?:[\\w.-]{0,60}?(?:credentials?|creds?|csrf|xsrf|cookies?|plaintext)|(?:[\\w.-]{0,60}[_.-])?(?:salt|pepper|auth))';

/** Names of numbers that people type in. */
export const CODE_NAME =
  '(?:(?:[\\w.-]{0,60}[_.-])?pin(?:[_-]?code)?|cvv2?|cvc|[\\w.-]{0,60}?(?:mfa|token|verification|security|confirmation|one[-_ ]?time|login|recovery|backup)[-_ ]?code)';

/** Text in place of a secret: a reference, a placeholder, a redaction, the words of a mistake. */
const STANDS_FOR =
  "\\\\{0,7}[\"']?(?:N'|\\$|<|\\{\\{|\\{\\s*\\\\{0,7}[\"']?\\w+\\\\{0,7}[\"']?\\s*:|\\(from\\s|password\\(|%\\w+%|\\*{3}|\\[secret\\]|(?:null|none|true|false|undefined|expected|missing|required|unknown|invalid|unrecognized)\\b)";
/** A sentence goes on behind the name. In quotation marks it may be a passphrase. */
const SENTENCE =
  '(?:an?|and|are|as|at|be|by|can|cannot|does|for|from|gives|has|have|holds|how|if|in|it|is|may|must|neither|no|not|of|on|only|or|than|that|the|their|there|they|this|to|was|what|when|where|which|who|why|will|with)\\s';
export const NO_VALUE = `(?!${STANDS_FOR}|${SENTENCE})`;
const WORD = String.raw`[^\s,;&"'<>\\)\]}]{1,4096}`;
/** Also as they are in a text that is JSON within JSON. */
export const SPACES = String.raw`(?:\s|\\{1,3}[nrt]){0,40}`;
/** A word begins, also behind a line break that is written as JSON writes it. */
export const START = String.raw`(?:\b|(?<=\\[nrt]))`;
/** A quotation mark, escaped as often as texts are packed into each other. */
export const QUOTE = String.raw`\\{0,7}["']`;
/** A quoted value (also one that continues in an indented line), one in braces, or one that ends with its word. */
export const VALUE = String.raw`(?:(?:\\{0,7}"){3}[\s\S]{1,4096}?(?:\\{0,7}"){3}|(?<quote>\\{0,7}["'])(?:(?!(?<!\\)\k<quote>)(?:.|\n[ \t]{1,20})){1,4096}(?<!\\)\k<quote>|\{[^{}\n]{1,512}\}|["']?${WORD}(?:,(?![\w.-]{1,40}\s*[=:])${WORD})*)`;
/** A word with letters and digits, as secrets have and sentences hardly. */
export const TELLING = String.raw`(?=[^\s"'\\,;]{0,256}\d)(?=[^\s"'\\,;]{0,256}[A-Za-z])[^\s"'\\,;]{8,4096}`;

/** Between a name and its value. */
export const IS = '(?:=>|:=|==?|:|：|→)';

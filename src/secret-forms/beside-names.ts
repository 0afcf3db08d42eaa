import { CODE_NAME, IS, MAYBE_NAME, NAME, NO_VALUE, QUOTE, SPACES, START, TELLING, VALUE } from './names.ts';
import { CENSORED, type Rule } from './rule.ts';

const rule = (pattern: string, instead: Rule[1] = valueOut, flags = 'gi'): Rule => [
  new RegExp(pattern, flags),
  instead,
];

/** Not within a longer name, and not in an ARN of Secrets Manager. */
const ALONE = String.raw`(?<![\w.-]|:secretsmanager:[\w*-]{0,40}:[\d*]{0,12}:)`;
const QUOTED_NAME = `(?:${QUOTE})?${NAME}(?:${QUOTE})?`;
const LIST_NAME = '(?:pass(?:word|phrase|code)s?|passwd|pwd|api[_-]?keys?|private[_-]?keys?|(?:set-)?cookies?)';
/** Indented lines below a name, in YAML and in YAML within JSON. */
const BLOCK = String.raw`(?:(?:\n|\\{1,3}n)[ \t]{1,20}[^\n\\]{1,4096}){1,200}`;
const MAP = String.raw`(?:${SPACES}\{[^{}]{1,65536}\}|${BLOCK})`;

/** Secrets behind a name, as files, programs and APIs write them: JSON, YAML, XML, properties, forms. */
export const besideNames: readonly Rule[] = [
  // A value apart from its name: in the environment of a container, as an attribute of XML, in a manifest of Kubernetes.
  rule(
    String.raw`((?:name|key)\\{0,7}["']?\s{0,8}[:=]\s{0,8}\\{0,7}["']?${NAME}\\{0,7}["']?\s{0,4},?${SPACES}\\{0,7}["']?\w{0,20}value\\{0,7}["']?\s{0,8}[:=]\s{0,8})${NO_VALUE}${VALUE}`,
  ),
  rule(
    String.raw`(\\{0,7}["']?value\\{0,7}["']?\s{0,8}:\s{0,8})${NO_VALUE}${VALUE}(?=,\s{0,8}\\{0,7}["']?name\\{0,7}["']?\s{0,8}:\s{0,8}\\{0,7}["']?${NAME}\\{0,7}["'])`,
  ),
  rule(
    String.raw`(${QUOTED_NAME}\s{0,8}:\s{0,8}\{\s{0,8}${QUOTE}(?:value|plaintext|data)${QUOTE}\s{0,8}:\s{0,8})${VALUE}`,
  ),
  rule(String.raw`((?:${QUOTE})?${LIST_NAME}(?:${QUOTE})?\s{0,8}[:=]\s{0,8}\[)[^[\]]{1,4096}(?=\])`, `$1${CENSORED}`),
  // XML, also within HTML.
  rule(String.raw`(<${NAME}\s{1,8}value\s{0,4}=\s{0,4})${VALUE}`),
  rule(
    String.raw`((?:<|&lt;)(?:\w{1,20}:)?${NAME}(?:\s[^<>]{0,200})?(?:>|&gt;))(?!\[secret\])(?:<!\[CDATA\[(?:(?!\]\]>)[\s\S]){1,4096}\]\]>|(?:(?!&lt;)[^<]){1,4096})(?=<|&lt;)`,
    `$1${CENSORED}`,
  ),
  rule(
    String.raw`(<\w{1,40}\s(?:[^<>]{0,100}\s)?(?:name|key)\s{0,4}=\s{0,4}${QUOTE}${NAME}${QUOTE}[^<>]{0,100}>)[^<]{1,4096}(?=<)`,
    `$1${CENSORED}`,
  ),
  // YAML: Secrets of Kubernetes, and texts of several lines.
  [new RegExp(String.raw`(${START}stringData(?:${QUOTE})?\s{0,4}:)${MAP}`, 'g'), `$1 ${CENSORED}`],
  [
    new RegExp(
      String.raw`(${START}kind(?:${QUOTE})?\s{0,4}:\s{0,4}(?:${QUOTE})?Secret\b(?:(?!\n---)[\s\S]){0,4096}?${START}data(?:${QUOTE})?\s{0,4}:)${MAP}`,
      'g',
    ),
    `$1 ${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`(${START}data(?:${QUOTE})?\s{0,4}:)${MAP}(?=(?:(?!\n---)[\s\S]){0,4096}?${START}kind(?:${QUOTE})?\s{0,4}:\s{0,4}(?:${QUOTE})?Secret\b)`,
      'g',
    ),
    `$1 ${CENSORED}`,
  ],
  rule(String.raw`(${ALONE}${QUOTED_NAME}\s{0,8}:\s{0,4}[|>][+-]?\d?[+-]?)${BLOCK}`, `$1 ${CENSORED}`),
  // In an address or a form, encoded once or more.
  rule(
    String.raw`(${NAME}(?:%(?:25){0,3}22)?(?:%(?:25){0,3}3D|%(?:25){0,3}3A)(?:%(?:25){0,3}20)?(?:%(?:25){0,3}22)?)(?!\[secret\])[^%&\s"']{1,1024}`,
    `$1${CENSORED}`,
  ),
  rule(String.raw`(${ALONE}${QUOTED_NAME}\s{0,8}${IS}${SPACES})${NO_VALUE}${VALUE}`),
  rule(String.raw`(\\{0,7}["']auth\\{0,7}["']\s{0,8}:\s{0,8})${NO_VALUE}${VALUE}`),
  rule(String.raw`(\\{0,7}["']pass\\{0,7}["']\s{0,8}:\s{0,8})${NO_VALUE}(?=${QUOTE})${VALUE}`),
  rule(
    String.raw`((?<![\w-])(?:[\w.-]{0,60}[_.-])?pass=(?:${QUOTE})?)(?!\$|true|false|\[secret\])[^\s"'&,;]{1,256}`,
    `$1${CENSORED}`,
  ),
  rule(String.raw`((?:^|[\n{,]|\\{1,3}n)[ \t]{0,40}pass:[ \t]{1,8})(?!\[secret\])${TELLING}`, `$1${CENSORED}`),
  rule(
    String.raw`((?<![\w.-])(?:${QUOTE})?${MAYBE_NAME}(?:${QUOTE})?\s{0,8}${IS}\s{0,8}(?:${QUOTE})?)(?!\$|<|\[)${TELLING}`,
    `$1${CENSORED}`,
  ),
  rule(
    String.raw`((?<![\w.-])(?:${QUOTE})?${CODE_NAME}(?:${QUOTE})?\s{0,8}(?:${IS}|is)\s{0,8}(?:${QUOTE})?)\d{3,12}(?![\w.-])`,
    `$1${CENSORED}`,
  ),
  // In a sentence or a table only what is no word: “password is wrong” tells nothing.
  rule(
    String.raw`\b((?:password|passphrase|passcode)\s{0,4}(?:[\s|,\u2013\u2014]|\\{1,3}t|(?:\s(?:for|of)\s{1,4}(?:(?:the\s{1,4})?user\s{1,4})?["'\w.@-]{1,64}\s{0,4})?(?:\s(?:is|was)\s|:))\s{0,4}(?:\\{0,7}["'\`])?)${TELLING}`,
    `$1${CENSORED}`,
  ),
  rule(
    String.raw`\b((?:(?:api|access)[ _-]?key|token|secret)\s{1,4}(?:(?:is|was)\s{1,4})(?:\\{0,7}["'\`])?)${TELLING}`,
    `$1${CENSORED}`,
  ),
  rule(
    String.raw`\b((?:(?:API|api|[Aa]ccess) ?key|[Tt]oken|[Ss]ecret)(?: provided)?(?::?\s{1,4})(?:\\{0,7}["'\`])?)(?=[\w+/=]{0,64}[a-z])(?=[\w+/=]{0,64}[A-Z])(?=[\w+/=]{0,64}\d)[\w+/=]{12,256}`,
    `$1${CENSORED}`,
    'g',
  ),
];

/** Names of secrets are paths, numbers of tokens are numbers, and the shell's folder is a path: none is a secret. */
const PATH = /^\\{0,7}["']?[a-z][a-z0-9_-]{0,60}(?:\/[a-z0-9_.-]{1,60}){1,8}\\{0,7}["']?$/;

export function valueOut(whole: string, name = ''): string {
  const value = whole.slice(name.length);
  if (/\bsecrets?\W{0,20}$/i.test(name) && PATH.test(value)) return whole;
  if (/\b(?:OLD)?PWD=$/.test(name) && value.startsWith('/')) return whole;
  if (/(?:tokens|secrets|passwords|keys)\W{0,20}$/i.test(name) && /^\d{1,7}$/.test(value)) return whole;
  const quote = /^\\{0,7}["']/.exec(value)?.[0] ?? '';
  return `${name}${quote}${CENSORED}${quote}`;
}

import { QUOTE, START, TELLING } from './names.ts';
import { CENSORED, type Rule } from './rule.ts';

const ADDRESS = String.raw`\b[a-z][a-z0-9+.-]{0,30}:\/\/`;
/** Words before a colon behind which an address of mail stands, and no password. */
const NO_USER = 'mailto|to|cc|bcc|from|by|e?mail|contact|owner|sender|reply-to|author|sips?|xmpp|acct|npm|jsr';
const HOST = String.raw`(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.[a-z]{2,24}|(?:tcp|unix)\()`;

/** Secrets in addresses and headers. */
export const inHttp: readonly Rule[] = [
  // Log-ins in addresses. A password may hold `@`; for a database even `/`.
  [
    /\b((?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|jdbc:\w{1,20}):\/\/[^\s:/@]{0,256}):[^\s"'<>]{1,1024}@/gi,
    `$1:${CENSORED}@`,
  ],
  [new RegExp(`(${ADDRESS}[^\\s:/@]{0,256}):[^\\s/"'<>]{1,1024}@`, 'gi'), `$1:${CENSORED}@`],
  [new RegExp(`(${ADDRESS})[\\w.~%+-]{12,1024}@`, 'gi'), `$1${CENSORED}@`],
  [/\b(jdbc:oracle:\w{1,10}:[\w$#]{1,128})\/[^\s"'<>@]{1,1024}@/gi, `$1/${CENSORED}@`],
  // The same without a scheme: with a port, a path or an IP behind it, or a password that is no word.
  [
    new RegExp(
      String.raw`((?<![\w/.:@%+-])(?!(?:${NO_USER}):)[a-z][\w.+-]{0,63}):(?!\[secret\])(?:[^\s:/@"'<>]{3,256}(?=@${HOST}(?:[:/](?!\/)|\)))|[^\s:/@"'<>]{3,256}(?=@(?:localhost\b|\d{1,3}(?:\.\d{1,3}){3}|(?:tcp|unix)\())|(?=[^\s:/@"'<>]{0,256}[\d!#$%&*+=?^~])[^\s:/@"'<>]{4,256}(?=@${HOST})|(?=[^\s:/@"'<>]{0,256}\d)(?=[^\s:/@"'<>]{0,256}[a-z])[^\s:/@"'<>.]{8,256}(?=@(?!sha\d)[a-z][\w-]{0,62}(?![\w.@-])))`,
      'gi',
    ),
    `$1:${CENSORED}`,
  ],
  [
    /([?&](?:X-(?:Amz|Goog)-(?:Security-Token|Signature|Credential)|AWSAccessKeyId|sig|code|key|auth)=)[^&\s"'<>]{8,}/gi,
    `$1${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`${START}((?:Proxy-)?Authorization(?:${QUOTE})?\s*[:=]\s*(?:${QUOTE})?)(?:Digest|Hawk|OAuth)\s[^\n]{4,4096}`,
      'gi',
    ),
    `$1${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`${START}((?:Proxy-)?Authorization(?:${QUOTE})?\s*[:=]\s*\[?\s*(?:${QUOTE})?)(?!\[secret\])[^"'\n\\]{4,4096}`,
      'gi',
    ),
    `$1${CENSORED}`,
  ],
  [new RegExp(String.raw`\b((?:response|c?nonce|mac)=(?:${QUOTE}))[\w+/=-]{8,512}`, 'gi'), `$1${CENSORED}`],
  // A cookie is a pair, or what looks like a secret.
  [
    new RegExp(
      String.raw`${START}((?:Set-)?Cookies?(?:${QUOTE})?\s{0,8}[:=]\s{0,8}(?:\[\s{0,8})?(?:${QUOTE})?)(?:[\w!#$%&*+.^|~-]{1,128}=[^"'\n\\]{1,4096}|${TELLING})`,
      'gi',
    ),
    `$1${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`(\s(?:-b|--cookie)[\s=]{1,4}(?:${QUOTE})?[\w!#$%&*+.^|~-]{1,128}=)(?!\[secret\])[^\s"'\\]{4,4096}`,
      'g',
    ),
    `$1${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`((?<![\w-])(?:sid|connect\.sid|sess(?:ion)?|[\w.-]{0,40}[_.-]session)=(?:${QUOTE})?)${TELLING}`,
      'gi',
    ),
    `$1${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`${START}(Bearer|Basic|Negotiate|NTLM|SSWS|GenieKey)\s+(?!\[secret\]|auth)[A-Za-z0-9+/=._~-]{8,}`,
      'gi',
    ),
    `$1 ${CENSORED}`,
  ],
  [
    new RegExp(
      String.raw`\b((?:\w{1,20}-)?signature(?:${QUOTE})?\s{0,4}[=:]\s{0,4}(?:${QUOTE})?)[A-Za-z0-9%+/=_~-]{16,}`,
      'gi',
    ),
    `$1${CENSORED}`,
  ],
];

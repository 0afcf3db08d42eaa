import { valueOut } from './beside-names.ts';
import { NAME, NO_VALUE, QUOTE, VALUE } from './names.ts';
import { CENSORED, type Rule } from './rule.ts';

/** Behind these words of a program stands a password. */
const after = (words: string, value = String.raw`[^\s"'\\]{1,256}`): Rule => [
  new RegExp(String.raw`\b(${words}(?:${QUOTE})?)(?![\s$<]|\[secret\])${value}`, 'g'),
  `$1${CENSORED}`,
];
const anywhere = String.raw`\b[^\n]{0,400}?\s`;

/** Secrets on command lines, in SQL, and in the files of programs. */
export const ofPrograms: readonly Rule[] = [
  // SQL
  [
    /\b((?:SET\s{1,4})?PASSWORD(?:\s{1,4}FOR\s{1,4}[^\s=]{1,128})?\s{0,4}=\s{0,4}(?:PASSWORD\s{0,4}\(\s{0,4})?)(["'])(?!\$)(?:(?!\2).){1,1024}\2/gi,
    `$1$2${CENSORED}$2`,
  ],
  [/\b(IDENTIFIED(?: WITH "?\w{1,40}"?)? (?:BY|AS)\s{1,4})(?!\$|\[secret\])[^\s;'"]{1,1024}/gi, `$1${CENSORED}`],
  [
    /\b((?:PASSWORD|PASSPHRASE|SECRET_ACCESS_KEY|IDENTIFIED(?: WITH "?\w{1,40}"?)? (?:BY|AS))(?:\s{1,4}\(?|\()\s{0,4}(?:is|was)?\s{0,4}(?:E|U&)?)(["'])(?!\$)(?:(?!\2).){1,1024}\2/gi,
    `$1$2${CENSORED}$2`,
  ],
  [
    /\b(rds_set_external_(?:master|source)\w{0,40}\s?\((?:[^,()]{1,256},){3}\s{0,4}["'])[^"']{1,1024}/gi,
    `$1${CENSORED}`,
  ],
  [/\b(pgp_(?:sym|pub)_(?:en|de)crypt\w{0,10}\s?\([^,()]{1,1024},\s{0,4}["'])[^"']{1,1024}/gi, `$1${CENSORED}`],
  [/\b(PASSWORD\s{0,4}=\s{0,4}N')(?:[^']|''){1,1024}(?=')/gi, `$1${CENSORED}`],
  // Options by their name
  [new RegExp(String.raw`(--secret-string\s{1,8})${VALUE}`, 'g'), valueOut],
  [new RegExp(String.raw`(--?(?:${NAME}|pass)\s{1,8})(?!-)${NO_VALUE}${VALUE}`, 'gi'), valueOut],
  [new RegExp(String.raw`(configure set ${NAME}\s{1,8})${NO_VALUE}${VALUE}`, 'gi'), valueOut],
  [
    /((?:^|\s)(?:-u|--user|--proxy-user|--auth|-a)[ =]?["']?[^\s:"'-][^\s:"']{0,255}):[^\s"'\\]{3,1024}/g,
    `$1:${CENSORED}`,
  ],
  // Options by a letter, which mean a password with these programs only
  after(
    `(?:mysql\\w{0,10}|mariadb[\\w-]{0,10}|mongo(?:sh|dump|restore|import|export|stat|top)?|cqlsh|sshpass|psexec|plink|pscp|putty|7z[ar]?|rar|(?:docker|podman|nerdctl|skopeo|buildah|oc|az|helm|helm registry) login)${anywhere}-p\\s?`,
  ),
  after(`(?:sqlcmd|bcp|osql|zip|unzip|zipcloak)${anywhere}-P\\s?`),
  after(`ldap(?:search|modify|add|delete|passwd|whoami|compare)${anywhere}-w\\s?`),
  after(`openssl\\s(?:enc|aes\\w{1,20})${anywhere}-(?:k|K)\\s{1,4}`),
  after(`redis-cli\\b[^\\n]{0,400}?\\s(?:-a|--pass)\\s{1,4}`),
  after(`smbclient${anywhere}(?:-U|--user)[\\s=]?[^\\s%"']{1,128}%`),
  after(`\\b[a-z][\\w$#]{0,127}/`, String.raw`[^\s"'@\\/]{4,256}(?=@(?!sha\d)(?:\/\/)?[\w.-]{1,253}[:/])`),
  after(`sqlplus\\s(?:-\\w{1,10}\\s){0,4}[\\w$#]{1,128}/`, String.raw`[^\s"'@\\]{1,256}`),
  after(`htpasswd\\s-\\w{0,6}b\\w{0,6}\\s(?:[^\\s]{1,256}\\s)?[^\\s]{1,128}\\s`),
  after(`rabbitmqctl\\s(?:-\\w\\s\\S{1,99}\\s)?(?:add_user|change_password|authenticate_user)\\s[^\\s]{1,128}\\s`),
  after(`vault login\\s{1,4}`, String.raw`(?!-)(?:token=)?[^\s"'\\]{8,256}`),
  after(`vault (?:kv put|kv patch|write)\\s[^\\n]{1,256}?\\s[\\w.-]{1,64}=`),
  after(`kubectl\\b[^\\n]{0,256}?\\ssecret\\s[^\\n]{0,256}?--from-literal[= ][\\w.-]{1,128}=`),
  after(`SecureString\\b[^\\n]{0,256}?\\s--value[= ]`),
  after(`kinit\\b[^\\n]{0,128}?<<<\\s?`),
  after(`chpasswd\\s{0,4}<<<\\s?(?:${QUOTE})?[\\w.-]{1,64}:`),
  after(`net use\\s\\S{1,128}\\s(?:\\S{2,256}\\s)?`, String.raw`(?![/\\])[^\s"'\\]{4,256}(?=\s{1,4}/user:)`),
  [
    /\b(echo\s{1,4}(?:-n\s{1,4})?["']?)(?!\$)[^\s"'|]{1,256}(?=["']?\s{0,4}\|[^\n]{0,400}(?:password-stdin|chpasswd))/g,
    `$1${CENSORED}`,
  ],
  [/(-pass(?:in|out)?\s{1,4}["']?pass:)[^\s"']{1,256}/g, `$1${CENSORED}`],
  // What programs ask for, and their files
  [
    /\b(AUTH\s{1,4}(?:[a-z]\w{0,30}\s{1,4})?)(?=[^\s"']{0,256}\d)(?=[^\s"']{0,256}[a-z])[^\s"'\\]{8,1024}/g,
    `$1${CENSORED}`,
  ],
  after(`ACL SETUSER\\s[^\\n]{0,256}?\\s[>#]`),
  [/\b(login\s+\S{1,256}\s+password\s+)(?!\[secret\])\S{1,1024}/gi, `$1${CENSORED}`],
  [
    /((?:^|[\s"'])(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}|localhost|\*):(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}):[^\s"']{1,1024}/g,
    `$1:${CENSORED}`,
  ],
  [/\b((?:requirepass|masterauth)\s+)[^\s"']{1,1024}/gi, `$1${CENSORED}`],
];

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutSecrets } from '../src/secrets.ts';

const NAMES = [
  ...[
    'password',
    'Password',
    'dbPassword',
    'db_password',
    'DB_PASSWORD',
    'master-user-password',
    'PGPASSWORD',
    'passwd',
  ],
  ...['MYSQL_PWD', 'passphrase', 'secret', 'clientSecret', 'client_secret', 'AWS_SECRET_ACCESS_KEY', 'SecretAccessKey'],
  ...['token', 'accessToken', 'refresh_token', 'AWS_SESSION_TOKEN', 'id-token', 'apiKey', 'api_key', 'X-Api-Key'],
  ...['private_key', 'signingKey', 'encryption-key', 'AccountKey', 'sharedAccessKey', 'webhookSecret', 'SMTP_PASSWORD'],
  ...['spring.datasource.password', 'sasl.password', 'ssl.key.password', 'ssl.truststore.password', 'auth_token'],
];

type Form = (name: string, value: string) => string;
const json = (name: string, value: string) => JSON.stringify({ user: 'shop', [name]: value, port: 5432 });
const inUrl = encodeURIComponent;

const FORMS: Record<string, Form> = {
  JSON: json,
  'indented JSON': (name, value) => JSON.stringify({ [name]: value }, null, 2),
  'JSON in JSON': (name, value) => JSON.stringify({ message: json(name, value) }),
  'JSON in JSON in JSON': (name, value) => JSON.stringify({ a: JSON.stringify({ b: json(name, value) }) }),
  YAML: (name, value) => `user: shop\n${name}: ${value}\nport: 5432`,
  'quoted YAML': (name, value) => `  ${name}: '${value}'`,
  'YAML over lines': (name, value) => `${name}: |\n  ${value}\nport: 5432`,
  properties: (name, value) => `${name}=${value}\nport=5432`,
  'properties with a colon': (name, value) => `${name} : ${value}`,
  INI: (name, value) => `[db]\n${name} = ${value}`,
  TOML: (name, value) => `${name} = "${value}"`,
  'an export': (name, value) => `export ${name}='${value}'`,
  PowerShell: (name, value) => `$env:${name} = "${value}"`,
  'a container option': (name, value) => `docker run -e ${name}=${value} shop`,
  'a unit file': (name, value) => `Environment="${name}=${value}"`,
  'an option': (name, value) => `tool --${name} ${value} --verbose`,
  'an option with =': (name, value) => `tool --${name}=${value} --verbose`,
  'the log of a library': (name, value) => `level=info ${name}=${value} host=db`,
  'an object of Python': (name, value) => `{'user': 'shop', '${name}': '${value}', 'port': 5432}`,
  'an object of Java': (name, value) => `Login(user=shop, ${name}=${value}, port=5432)`,
  'an object of Ruby': (name, value) => `{"user"=>"shop", :${name}=>"${value}"}`,
  'an object of Go': (name, value) => `&{User:shop ${name}:${value} Port:5432}`,
  'an object of Node': (name, value) => `{ user: 'shop', '${name}': '${value}' }`,
  XML: (name, value) => `<login><${name}>${value.replaceAll('<', '&lt;')}</${name}></login>`,
  'an attribute of XML': (name, value) => `<login user="shop" ${name}="${value}"/>`,
  'a property of XML': (name, value) => `<property name="${name}" value="${value}"/>`,
  'a query': (name, value) => `https://shop.example.com/x?user=shop&${name}=${inUrl(value)}&page=2`,
  'a query within a query': (name, value) => `https://a.example.com/?to=${inUrl(`https://b/?${name}=${inUrl(value)}`)}`,
  'a form': (name, value) => `user=shop&${name}=${inUrl(value)}&go=1`,
  'a header': (name, value) => `HTTP/1.1 200 OK\r\n${name}: ${value}\r\nserver: x`,
  'a connection string': (name, value) => `Server=db;User Id=sa;${name}=${value};Encrypt=yes`,
  'a container of Kubernetes': (name, value) => `- name: ${name}\n  value: "${value}"`,
  'a container in JSON': (name, value) => JSON.stringify({ env: [{ name, value }] }),
  'a Secret of Kubernetes': (name, value) =>
    `apiVersion: v1\ndata:\n  ${name}: ${Buffer.from(value).toString('base64')}\n  other: ${value}\nkind: Secret`,
  'a Secret in JSON': (name, value) => JSON.stringify({ kind: 'Secret', data: { a: value, [name]: value } }),
};

const CONTEXTS: Form[] = [
  (_, text) => text,
  (_, text) => `Command failed with exit code 1: ${text}`,
  (_, text) => `${text}\n    at connect (db.js:10)`,
  (_, text) => JSON.stringify({ stderr: text }),
  (_, text) => `first line\n\t${text}`,
];

/** Values as generators of passwords and services make them; no character that the forms themselves end with. */
const value = fc
  .tuple(fc.stringMatching(/^[A-Za-z][\w+/.~!@*^-]{10,30}$/), fc.integer({ min: 0, max: 9 }))
  .map(([text, digit]) => `${text}${digit}x`)
  .filter((text) => !text.includes('***'));

test.each(Object.entries(FORMS))('a secret beside its name is taken out of %s', (_, form) => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), value, fc.constantFrom(...CONTEXTS), (name, secret, around) => {
      const left = withoutSecrets(around('', form(name, secret)));
      const encoded = Buffer.from(secret).toString('base64');
      expect(left).not.toContain(secret);
      expect(left).not.toContain(encoded);
      expect(left).not.toContain(inUrl(secret));
    }),
    { numRuns: 150, seed: 1 },
  );
});

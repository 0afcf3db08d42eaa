import { code, page, table } from './page.ts';

interface Setting {
  names: string[];
  effect: string;
}

/** What dr-drill itself reads. */
const own: Setting[] = [
  {
    names: ['DR_DRILL_KEYS'],
    effect: 'Folder of the keys that seal runs on this machine. Default: `~/.dr-drill/keys`.',
  },
  {
    names: ['DR_DRILL_KMS_KEY'],
    effect:
      'ARN of a key or alias of AWS KMS that seals live runs and signs their debriefs. See [Seal with KMS and time stamps](../how-to/seal-runs.md).',
  },
  { names: ['DR_DRILL_TSA'], effect: 'URL of a time-stamp authority (RFC 3161) that stamps the seals of live runs.' },
  {
    names: ['DR_DRILL_LEASES'],
    effect:
      'Where leases are kept, so that one run at a time leads a topology: a folder, or `s3://<bucket>/<prefix>`. Default: `~/.dr-drill/leases`. See [Share leases in a team](../how-to/share-leases.md).',
  },
  { names: ['DR_DRILL_DRAWS'], effect: 'Folder for what a surprise drill has drawn. Default: `~/.dr-drill/draws`.' },
];

/** What the commands of a drill file are given. */
const given: Setting[] = [
  { names: ['DR_DRILL_FAILURE'], effect: 'Kind of the failure, such as `region-outage`.' },
  { names: ['DR_DRILL_REGION', 'DR_DRILL_OTHER_REGION'], effect: 'The region that fails, and the other one.' },
  { names: ['DR_DRILL_INSTANCE'], effect: 'The database that fails, where the failure is one of a database.' },
  { names: ['DR_DRILL_SERVICES'], effect: 'The services that fail, with spaces between.' },
];

const aws: Setting[] = [
  {
    names: ['AWS_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'],
    effect:
      'The profile and its files. Every source of credentials that the AWS SDK knows works: environment, profiles, SSO, `aws login`, `credential_process`, web identity, container and instance roles.',
  },
  {
    names: ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'],
    effect:
      'Certificate authorities to trust for AWS, beside those of Node. Also for the Kubernetes API behind a proxy, and for databases whose login names no `ca`.',
  },
  {
    names: ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_<SERVICE>', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'],
    effect: 'Other endpoints.',
  },
  { names: ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'], effect: 'FIPS and dual-stack endpoints.' },
  { names: ['AWS_RETRY_MODE', 'AWS_MAX_ATTEMPTS'], effect: 'No effect: dr-drill repeats calls itself.' },
];

const rest: Setting[] = [
  {
    names: ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
    effect:
      'The proxy for AWS and the Kubernetes API, in upper or lower case. `NO_PROXY` takes names with their subdomains, ports, addresses and ranges. Loopback addresses and the public name are always reached directly.',
  },
  { names: ['OTEL_*'], effect: 'Traces and metrics over OTLP: see [Telemetry](../how-to/telemetry.md).' },
  { names: ['NO_COLOR', 'FORCE_COLOR'], effect: 'Turn colours off or on.' },
  { names: ['COLUMNS'], effect: 'Break lines at this width in a file or a pipe, as a terminal of that width would.' },
  { names: ['CI'], effect: 'Where it is set, no live view is drawn.' },
];

const settings = (all: Setting[]): string =>
  table(
    ['variable', 'effect'],
    all.map(({ names, effect }) => [names.map(code).join(', '), effect]),
  );

export const environmentPage = (): string =>
  page(
    'Environment variables',
    'dr-drill reads some variables of its own, and those of the AWS SDK for JavaScript.',
    '## Read by dr-drill',
    settings(own),
    '## Given to the commands of a drill file',
    'The commands `inject`, `heal` and `active` of a failure get these.',
    settings(given),
    '## Credentials and endpoints',
    settings(aws),
    '## Network and terminal',
    settings(rest),
  );

import { existsSync } from 'node:fs';
import { DrillError } from '../errors.ts';
import { SHIPPED_SYSTEM, SHIPPED_TOPOLOGY, SHIPPED_WITNESS_REGION, shippedPath, shippedText } from './shipped.ts';

/** What must be known to draft a drill and its topology. */
export interface Answers {
  /** The drill's name. */
  name: string;
  /** The shipped drill that it is made like. */
  like: string;
  /** What the names of the system's parts begin with. */
  system: string;
  account: string;
  primary: string;
  recovery: string;
  /** The public name that customers use. */
  domain: string;
}

/** Each answer with what is asked, what it must look like, and what stands for it where nobody says. */
export const questions: { [K in keyof Answers]: { ask: string; form: RegExp; example: string; usual?: string } } = {
  name: { ask: "The drill's name", form: /^[a-z0-9]+(-[a-z0-9]+)*$/, example: 'my-failover' },
  like: {
    ask: 'Which shipped drill it is made like',
    form: /^[a-z0-9-]+$/,
    example: 'snapshot-restore',
    usual: 'multi-region-failover',
  },
  system: {
    ask: "The system's name, with which the names of its parts begin",
    form: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    example: 'shop',
  },
  account: { ask: 'The AWS account', form: /^\d{12}$/, example: '123456789012' },
  primary: { ask: 'The region that serves', form: /^[a-z]{2}(-[a-z]+)+-\d$/, example: 'eu-central-1' },
  recovery: { ask: 'The region that takes over', form: /^[a-z]{2}(-[a-z]+)+-\d$/, example: 'eu-west-1' },
  domain: {
    ask: 'The public name that customers use',
    form: /^([a-z0-9-]+\.)+[a-z]{2,}$/,
    example: 'shop.example.org',
  },
};

/** What is wrong with an answer, in words; nothing where it will do. */
export function wrongAnswer(key: keyof Answers, given: string): string | undefined {
  const { form, example } = questions[key];
  if (!form.test(given)) return `'${given}' will not do: something such as ${example} is expected.`;
  if (key === 'like' && !isShipped(given)) return `There is no shipped drill '${given}'; \`dr-drill list\` shows them.`;
  if (key === 'like' && /^machine: surprise$/m.test(shippedText(`drills/${given}.yaml`)))
    return `A ${given} is drawn from drills that are there: copy drills/${given}.yaml beside yours, and name them in it.`;
  return undefined;
}

function isShipped(name: string): boolean {
  try {
    return existsSync(shippedPath(`drills/${name}.yaml`));
  } catch {
    return false;
  }
}

const HEAD = `# Written by \`dr-drill new\`: your answers stand in it, and everything else is a placeholder until you put your own in.
# \`dr-drill discover\` reads most of it from the account.
`;

/** A drill made like a shipped one, on a topology that lies at that path from it. */
export function drillText(answers: Answers, topology: string): string {
  return renamed(shippedText(`drills/${answers.like}.yaml`), answers)
    .replace(/^drill: .*$/m, `drill: ${answers.name}`)
    .replace(/^topology: .*$/m, `topology: ${JSON.stringify(topology)}`);
}

/** A topology of the shipped one's form, with the answers in it. */
export function topologyText(answers: Answers): string {
  const text = renamed(shippedText(SHIPPED_TOPOLOGY).replaceAll(SHIPPED_WITNESS_REGION, thirdRegion(answers)), answers)
    .replace(/^topology: .*$/m, `topology: ${answers.system}`)
    .replace(/^description: .*\n/m, '');
  return `${HEAD}${text}`;
}

/** A witness stands in neither of the two regions. */
const thirdRegion = ({ primary, recovery }: Answers): string =>
  [SHIPPED_WITNESS_REGION, 'eu-west-1', 'us-west-2'].find((one) => one !== primary && one !== recovery) ?? '';

const renamed = (text: string, { system, account, primary, recovery, domain }: Answers): string =>
  text
    .replaceAll('ap-northeast-1', '\0recovery')
    .replaceAll('ap-east-2', '\0primary')
    .replaceAll(SHIPPED_SYSTEM, system)
    .replaceAll('Taipei', '\0primary')
    .replaceAll('Tokyo', '\0recovery')
    .replaceAll('taipei', 'primary')
    .replaceAll('tokyo', 'recovery')
    .replaceAll('111122223333', account)
    .replaceAll('shop.example.com', domain)
    .replaceAll('\0recovery', recovery)
    .replaceAll('\0primary', primary);

/** A message for what is missing where nobody can be asked. */
export const notAnswered = (missing: readonly (keyof Answers)[]): DrillError =>
  new DrillError('not-answered', `Not known, and nobody to ask: ${missing.map((key) => `--${key}`).join(', ')}.`, {
    hint: `Give them as options, such as ${missing.map((key) => `--${key} ${questions[key].example}`).join(' ')}.`,
  });

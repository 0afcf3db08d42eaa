import { existsSync } from 'node:fs';
import { type Kind, kindsBehind } from '../components/schemas.ts';
import { DrillError } from '../errors.ts';
import { isRegion } from '../partition.ts';
import { neededFor } from './needs.ts';
import { SHIPPED_SYSTEM, shippedPath, shippedText } from './shipped.ts';

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
  /** The public name that customers use; only where one takes part. */
  domain?: string;
}

/** What a drill itself needs of them. */
type DrillAnswers = Omit<Answers, 'account' | 'domain'>;

const isPublicName = (kind: Kind): boolean => (kindsBehind('dns') as readonly Kind[]).includes(kind);

/** What must be answered for a drill like that one; a topology that is there tells all but what the drill is. */
export function askedFor(like: string, topology: string | undefined): (keyof Answers)[] {
  if (topology !== undefined) return ['name', 'like'];
  const domain = neededFor(like).some(isPublicName) ? (['domain'] as const) : [];
  return ['name', 'like', 'system', 'account', 'primary', 'recovery', ...domain];
}

export const USUAL_PATTERN = 'multi-region-failover';

/** Each answer with its question, its form, and its default. */
export const questions: Record<keyof Answers, { ask: string; form: RegExp; example: string; usual?: string }> = {
  name: { ask: "The drill's name", form: /^[a-z0-9]+(-[a-z0-9]+)*$/, example: 'my-failover' },
  like: {
    ask: 'Which shipped drill it is made like',
    form: /^[a-z0-9-]+$/,
    example: 'snapshot-restore',
    usual: USUAL_PATTERN,
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
  if (!form.test(given)) return `'${given}' is not valid: expected something such as ${example}.`;
  if ((key === 'primary' || key === 'recovery') && !isRegion(given)) return `There is no region '${given}'.`;
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

/** A drill made like a shipped one, on a topology that is at that path from it. */
export function drillText({ like, name, system }: DrillAnswers, topology: string): string {
  return shippedText(`drills/${like}.yaml`)
    .replaceAll(SHIPPED_SYSTEM, system)
    .replace(/^drill: .*$/m, `drill: ${name}`)
    .replace(/^topology: .*$/m, `topology: ${JSON.stringify(topology)}`);
}

/** A message for what is missing where nobody can be asked. */
export const notAnswered = (missing: readonly (keyof Answers)[]): DrillError =>
  new DrillError(
    'not-answered',
    `Missing answers, and no terminal to ask at: ${missing.map((key) => `--${key}`).join(', ')}.`,
    {
      hint: `Give them as options, such as ${missing.map((key) => `--${key} ${questions[key].example}`).join(' ')}.`,
    },
  );

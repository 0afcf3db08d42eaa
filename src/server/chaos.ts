import * as z from 'zod';
import type { Operation, ServedService } from './catalogue.ts';
import { Refusal } from './refusal.ts';

const calls = z.strictObject({
  /** As `rds`, or as in signatures, `monitoring`. */
  service: z.string().min(1),
  /** Every operation of the service by default. */
  operation: z.string().min(1).optional(),
  /** So many calls, and then no more. */
  calls: z.int().positive().default(1),
});

/** One rule, or a list of them. */
const rules = z.union([z.array(calls), calls.transform((one) => [one])]);

/** What goes wrong on the way. */
const settingsSchema = z.strictObject({
  /** Milliseconds added to every answer. */
  latencyMs: z.number().nonnegative().max(600_000),
  /** Calls refused for coming too fast. */
  throttle: rules,
  /** Calls carried out, and never answered. */
  lose: rules,
  /** Regions in which no call is answered, nor carried out. */
  silentRegions: z.array(z.string()),
  /** Actions that the caller may not do, such as `rds:PromoteReadReplica` or `rds:*`. */
  denied: z.array(z.string().regex(/^[\w-]+:[\w*]+$/, 'expected an action, such as rds:PromoteReadReplica')),
  expiredCredentials: z.boolean(),
  /** The account that the caller is told to be in; its own, where `null`. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected the 12 digits of an account')
    .nullable(),
});

/** What is named replaces what was, and all else stays. */
const changeSchema = settingsSchema.partial();

/** As a person asks for it. */
export type ChaosChange = z.input<typeof changeSchema>;
type Settings = z.output<typeof settingsSchema>;
type Rule = z.output<typeof calls>;

/** What goes wrong on the way at the moment. */
export class Chaos {
  #settings: Settings = {
    latencyMs: 0,
    throttle: [],
    lose: [],
    silentRegions: [],
    denied: [],
    expiredCredentials: false,
    account: null,
  };

  /** Throws zod's error for what is no such change. */
  change(asked: unknown): void {
    const given = Object.entries(changeSchema.parse(asked)).filter(([, value]) => value !== undefined);
    this.#settings = { ...this.#settings, ...structuredClone(Object.fromEntries(given)) };
  }

  /** As it stands, with the calls that are still to come. */
  settings(): Settings {
    return structuredClone(this.#settings);
  }

  get latencyMs(): number {
    return this.#settings.latencyMs;
  }

  get account(): string | null {
    return this.#settings.account;
  }

  isSilent(region: string): boolean {
    return this.#settings.silentRegions.includes(region);
  }

  /** Refuses a call that may not be made; `caller` is its ARN. */
  mustAllow({ action }: Operation, caller: string): void {
    if (this.#settings.expiredCredentials) {
      throw new Refusal('expired-credentials', 'The security token included in the request is expired');
    }
    if (!this.#settings.denied.some((pattern) => meansAction(pattern, action))) return;
    const why = `because no identity-based policy allows the ${action} action`;
    throw new Refusal('denied', `User: ${caller} is not authorized to perform: ${action} on resource: * ${why}`);
  }

  mustNotThrottle(served: ServedService, operation: string): void {
    if (this.#spend('throttle', served, operation)) throw new Refusal('throttled', 'Rate exceeded');
  }

  losesAnswer(served: ServedService, operation: string): boolean {
    return this.#spend('lose', served, operation);
  }

  #spend(kind: 'throttle' | 'lose', served: ServedService, operation: string): boolean {
    const rule = this.#settings[kind].find((one) => meansCall(one, served, operation));
    if (!rule) return false;
    rule.calls -= 1;
    this.#settings[kind] = this.#settings[kind].filter(({ calls }) => calls > 0);
    return true;
  }
}

const meansAction = (pattern: string, action: string): boolean =>
  pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;

const meansCall = (rule: Rule, served: ServedService, operation: string): boolean =>
  [served.service, served.signingName, served.actionPrefix].includes(rule.service) &&
  (rule.operation === undefined || rule.operation === operation);

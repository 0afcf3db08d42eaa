import { isoTime } from '../clock/clock.ts';
import type { Read } from '../steps/by-hand.ts';
import { NOT_YET_MS } from '../steps/given.ts';
import { type Placed, placedIn } from './shell.ts';

/** A shell variable, and the command whose output it takes; without one a person must set it. */
export interface Variable {
  name: string;
  command: string | null;
  about: string;
}

/** A line that a person types around a step: it sets a variable, or keeps something in a file. */
export type Line = Variable | { keep: string };

/** Shell variables for what only a run knows. Inside parameters each is a text or a number that occurs nowhere else. */
export class Variables {
  readonly #placed: Placed[] = [];
  readonly #asked = new Map<string, Variable>();
  #lines: Line[] = [];

  /** What commands of one step read, as lines for the runbook. */
  reading<T>(step: string, ask: (read: Read) => T): { value: T; lines: Line[] } {
    this.#lines = [];
    const value = ask(this.#read(step));
    const lines = this.#lines.map((line) =>
      'keep' in line
        ? { keep: this.inShell(line.keep) }
        : { ...line, command: line.command === null ? null : this.inShell(line.command) },
    );
    return { value, lines };
  }

  /** A value that no command reads: a person sets the variable. */
  asked(words: string): string {
    const about = words.replace(/^<|>$/g, '');
    const name = variableName(about);
    const known = this.#asked.get(name);
    if (!known) this.#asked.set(name, { name, command: null, about });
    return this.#text(name, false);
  }

  /** Variables that a person sets, in the order in which they are first needed; each once. */
  takeAsked(): Variable[] {
    const found = [...this.#asked.values()].filter(({ name }) => !this.#told.has(name));
    for (const { name } of found) this.#told.add(name);
    return found;
  }
  readonly #told = new Set<string>();

  /** A command with a variable in the place of each value. */
  inShell = (command: string): string => placedIn(command, this.#placed);

  #read(step: string): Read {
    const line = (name: string, command: string, about = name): string => {
      const variable = variableName(`${step} ${name}`);
      this.#lines.push({ name: variable, command, about });
      return variable;
    };
    return {
      text: (name, command) => this.#text(line(name, command), false),
      words: (name, command) => this.#text(line(name, command), true),
      number: (name, command) => this.#number(line(name, command)),
      instant: (name, command) => this.#number(line(name, command)),
      json: (name, command) => {
        const number = this.#number(line(name, command));
        return { toJSON: () => number };
      },
      keep: (command) => {
        this.#lines.push({ keep: command });
      },
    };
  }

  #text(name: string, isList: boolean): string {
    const stands = `value-${String(this.#placed.length + 1).padStart(4, '0')}-by-hand`;
    this.#placed.push({ stands, name, isList });
    return stands;
  }

  /** Stands for a number, or for an instant, whose text differs. */
  #number(name: string): number {
    const stands = NOT_YET_MS - 1_000 * (this.#placed.length + 1);
    this.#placed.push({ stands: isoTime(stands), name, isList: false }, { stands: `${stands}`, name, isList: false });
    return stands;
  }
}

/** `choose-recovery-point/orders snapshot` as `CHOOSE_RECOVERY_POINT_ORDERS_SNAPSHOT`. */
const variableName = (words: string): string =>
  words
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, '_');

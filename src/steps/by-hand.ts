import type { Json } from '../journal/events.ts';

/** Commands that read a value: each gives what represents the value in later commands. */
export interface Read {
  text(name: string, command: string): string;
  /** Several words, such as the ids of security groups: later commands take them one by one. */
  words(name: string, command: string): string;
  number(name: string, command: string): number;
  /** An instant in milliseconds; the command prints it as ISO 8601. */
  instant(name: string, command: string): number;
  /** A JSON document, which represents an object. */
  json(name: string, command: string): object;
  /** A command that keeps something in a file, and gives no value. */
  keep(command: string): void;
}

/** What the runbook for people needs of a step beside its command: values that only a run knows, each read by a command. */
export interface ByHand<P, R> {
  /** What `observe` finds: read before the change, because the undo command needs it. */
  finds?(params: P, read: Read): Json;
  /** What `settle` gives: read after the change, because later steps need it. */
  gives?(params: P, read: Read, found: Json): Partial<R>;
  /** The undo, where what was found is kept in a file; nothing where the undo command says it. */
  undo?(params: P, found: Json): string | undefined;
}

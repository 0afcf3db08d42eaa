/** What an example of a component is made with. */
export interface Around {
  /** What the names of the system's parts begin with. */
  system: string;
  primary: string;
  recovery: string;
  /** The public name that customers use. */
  domain: string;
  /** Whether there is a database in the same topology. */
  hasDatabase: boolean;
}

/** A small component of a kind, in YAML, under the name that a new topology gives it. */
export interface Example {
  id: string;
  /** Shipped drills that need no whole platform, and show it: a new topology for one holds it. */
  drills?: readonly string[];
  text: (around: Around) => string;
}

/** What a new topology calls its database. */
export const DATABASE = 'database';

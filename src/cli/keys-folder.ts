import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of the keys of this machine. DR_DRILL_KEYS names another one. */
export const keysFolder = (): string => process.env.DR_DRILL_KEYS ?? join(homedir(), '.dr-drill', 'keys');

/** Where is noted how far the journals of live runs have come: what happens to a journal meanwhile is seen by it. */
export const headsFolder = (): string => join(keysFolder(), 'journals');

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientBase } from 'pg';

export interface SeedSettings {
  /** The same number gives the same shop. */
  seed?: number | undefined;
  user: string;
  password: string;
  applicationUser: string;
  applicationPassword: string;
}

/** Creates and fills the shop in the database that the client is connected to. */
export async function seedShop(client: ClientBase, settings: SeedSettings): Promise<void> {
  const given = {
    seed: settings.seed ?? 1,
    user: settings.user,
    password: settings.password,
    application_user: settings.applicationUser,
    application_password: settings.applicationPassword,
  };
  for (const [name, value] of Object.entries(given)) {
    await client.query('select set_config($1, $2, false)', [`dr_drill.${name}`, String(value)]);
  }
  await client.query(readFileSync(seedFile(), 'utf8'));
}

/** The script stands beside this file, also when this code runs from a bundle somewhere else in the checkout. */
function seedFile(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'test/lab/postgres/seed.sql')) && folder !== dirname(folder))
    folder = dirname(folder);
  return join(folder, 'test/lab/postgres/seed.sql');
}

import { basename } from 'node:path';

const TITLES: Record<string, string> = {
  'multi-region-failover': 'The recovery region takes over',
  'network-partition': 'The regions are cut off from each other',
  'backup-restore': 'A backup is restored, and its data is checked',
};

/** What a drill file leaves out: it is named by its file, and titled by its machine. */
export function withFileDefaults(data: unknown, path: string): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const { machine } = data as { machine?: unknown };
  const name = basename(path)
    .replace(/\.ya?ml$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const title = typeof machine === 'string' ? TITLES[machine] : undefined;
  return { ...(name !== '' && { drill: name }), ...(title !== undefined && { title }), ...data };
}

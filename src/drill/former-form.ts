import { route53Schema } from '../components/route53/schema.ts';
import type { Kind } from '../components/schemas.ts';
import type { Group } from './components.ts';
import { isMapping } from './mapping.ts';
import type { Complaint } from './mistakes.ts';
import type { Override } from './override.ts';
import { fileMistake, type Mistake } from './source-text.ts';

/** A path of a topology before 0.2.0, and the component that holds its value now. */
interface Moved {
  from: string;
  group: Group;
  kind: Kind;
  /** Below the component, where it is not the component itself. */
  key?: string;
  /** What else is new. */
  note?: string;
}

/** What is no key of a drill any more, and where it stands now. */
export function movedKey(data: unknown): Complaint | undefined {
  if (at(data, 'objective') === undefined) return undefined;
  return {
    about: 'key',
    path: ['objective'],
    message: "objective is a key of the topology: one platform's promise stands beside the targets of all its drills",
    expected: 'objective: { rto, rpo } in the topology file (on the command line: --set topology.objective.rto=…)',
  };
}

/** What is no key of a topology any more, and why it can be left out. */
export function removedKey(data: unknown): Complaint | undefined {
  if (at(data, 'notices.topic') === undefined) return undefined;
  const rest =
    at(data, 'notices.commander') === undefined
      ? 'no notices: nothing else stands there'
      : 'notices with its commander alone';
  return {
    about: 'key',
    path: ['notices', 'topic'],
    message: 'notices.topic is no key any more: dr-drill never published to that topic',
    expected: rest,
  };
}

/** A path stands before those that begin it. */
const MOVED: readonly Moved[] = [
  { from: 'database.name', group: 'data', kind: 'rds-replica', key: 'database' },
  { from: 'database', group: 'data', kind: 'rds-replica' },
  { from: 'aurora', group: 'data', kind: 'aurora-global', note: 'with its own database and login' },
  { from: 'cache', group: 'data', kind: 'elasticache-global' },
  { from: 'messaging', group: 'data', kind: 'kafka' },
  {
    from: 'objects',
    group: 'data',
    kind: 's3-replication',
    note: 'one for each bucket that has a replica; the bucket for evidence goes to the top-level key evidence',
  },
  { from: 'secrets', group: 'data', kind: 'secrets' },
  { from: 'kubernetes.archive.of', group: 'data', kind: 'configuration-archive', key: 'from' },
  { from: 'kubernetes.archive', group: 'data', kind: 'configuration-archive' },
  {
    from: 'kubernetes.writerVariable',
    group: 'compute',
    kind: 'eks',
    key: 'uses',
    note: 'as { <data store>: { variable } }',
  },
  { from: 'kubernetes', group: 'compute', kind: 'eks' },
  { from: 'service', group: 'traffic', kind: 'route53', key: 'service', note: 'without metrics.replicaLag' },
  { from: 'traffic', group: 'traffic', kind: 'route53' },
];

/** One complaint about a topology that is written as before 0.2.0, and what to write instead; nothing about any other. */
export function formerForm(data: unknown): Complaint | undefined {
  if (!isMapping(data)) return undefined;
  const first = Object.keys(data).find((key) => isFormer(data, key));
  if (first === undefined) return undefined;
  const moved = MOVED.filter(({ from }) => at(data, from) !== undefined && isFormer(data, from.split('.')[0] ?? ''))
    .toSorted((one, two) => (one.from < two.from ? -1 : 1))
    .map(({ from, group, kind, key, note }) => [
      from,
      [`${group}.<name>${key ? `.${key}` : `, kind: ${kind}`}`, ...(note ? [note] : [])].join(', '),
    ]);
  const width = Math.max(...moved.map(([from = '']) => from.length));
  const lines = moved.map(([from = '', to]) => `${from.padEnd(width)}  ->  ${to}`);
  return {
    about: 'key',
    path: [first],
    message: 'this topology is written in the form before 0.2.0',
    expected: 'components with names of your choice (`dr-drill new` writes an example of each kind):',
    details: lines,
  };
}

/** An option that sets a path of before 0.2.0. */
export function formerOption({ path, yaml }: Override, data: unknown): Mistake | undefined {
  const suggestion = nowAt(path, data);
  if (suggestion === undefined) return undefined;
  const message = `topology.${path.join('.')} is a path of the form before 0.2.0`;
  return fileMistake(yaml.source.file, { message, suggestion: `topology.${suggestion}` });
}

/** Where the value of a path before 0.2.0 is now in a topology of components; nothing for any other path. */
export function nowAt(path: readonly string[], topology: unknown): string | undefined {
  const [first = '', second = ''] = path;
  const isPath = first === 'traffic' ? second in route53Schema.shape : MOVED.some(({ from }) => from === first);
  if (!isPath || at(topology, path.slice(0, 2).join('.')) !== undefined) return undefined;
  const moved = MOVED.find(({ from }) => `${path.join('.')}.`.startsWith(`${from}.`));
  if (!moved) return undefined;
  const { from, group, kind, key } = moved;
  const components = Object.entries((at(topology, group) ?? {}) as Record<string, { kind?: unknown }>);
  const name = components.find(([, one]) => one?.kind === kind)?.[0] ?? '<name>';
  const rest = kind === 's3-replication' ? [] : path.slice(from.split('.').length);
  return [group, name, ...(key ? [key] : []), ...rest].join('.');
}

/** `traffic` has stayed, and holds components now. */
function isFormer(data: Record<string, unknown>, key: string): boolean {
  if (!MOVED.some(({ from }) => from === key) || !isMapping(data[key])) return false;
  return key !== 'traffic' || ['zone', 'name', 'lever'].some((one) => typeof at(data, `traffic.${one}`) === 'string');
}

const at = (data: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((here, key) => (isMapping(here) && Object.hasOwn(here, key) ? here[key] : undefined), data);

/** Steps before 0.2.0, and the lines of today's machines that do their work. */
const LINES: Record<string, string> = {
  'fence-writer': 'fence',
  'promote-replica': 'take-over',
  'allow-writes': 'take-over',
  'scale-nodes': 'scale',
  'scale-deployments': 'scale',
  'point-applications': 'point',
  'shift-traffic': 'shift',
  'verify-service': 'verify',
  'protect-writer': 'protect',
  'order-replica': 'protect',
  'catch-up': 'rejoin',
  'compare-sides': 'rejoin',
};

/** The step that does today what one of this name did, among those that a drill has. */
export function stepNow(name: string, stepNames: readonly string[]): string | undefined {
  const now = LINES[name];
  return now !== undefined && stepNames.includes(now) ? now : undefined;
}

import type * as z from 'zod';
import { inSql } from '../../components/schemas.ts';
import { isAsked, type Query } from '../../ports/sql.ts';
import type { targetSchema } from './target.ts';

type Target = z.output<typeof targetSchema>;

/** A line for a person, with one statement or several. */
export const clientLine = (target: Target, ...asked: Query['text'][]): string => client(target, asked, '');

/** The same, printing nothing but values. */
export const clientValue = (target: Target, asked: Query['text']): string =>
  client(target, [asked], target.engine === 'postgres' ? ' -At' : ' -NB');

/** An instance or a cluster is known by its name, but reached at its address. */
function client(
  { region, instance, database, engine, cluster = false }: Target,
  asked: readonly Query['text'][],
  options: string,
): string {
  if (!isAsked(engine)) return `# nobody asks ${instance}: a drill speaks no SQL with ${engine}`;
  const address = inSql(cluster).addressCommand(region, instance);
  const [program, name, run] =
    engine === 'postgres' ? ['psql', `-d ${database}`, '-c'] : ['mysql', `-D ${database}`, '-e'];
  const statements = asked.map((one) => (typeof one === 'string' ? one : one[engine]).replace(/["$`\\]/g, '\\$&'));
  // psql takes each statement by itself, mysql takes the last -e alone.
  const texts = engine === 'postgres' ? statements : [statements.join('; ')];
  return `${program} -h "$(${address})" ${name}${options} ${texts.map((text) => `${run} "${text}"`).join(' ')}`;
}

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

/** A line that copies a table from one database into a table of another one that is like it. */
export const copyLine = (from: Target, table: string, to: Target, there: string): string => {
  if (from.engine === 'postgres')
    return `${clientLine(from, `copy ${table} to stdout`)} | ${clientLine(to, `copy ${there} from stdin`)}`;
  const [name, schema = from.database] = table.split('.').toReversed();
  const dump = `mysqldump -h ${hostOf(from)} --no-create-info --single-transaction ${schema} ${name}`;
  return `${dump} | mysql -h ${hostOf(to)} -D ${there.split('.')[0]}`;
};

/** An instance or a cluster is known by its name, but reached at its address. */
const hostOf = ({ region, instance, cluster = false }: Target): string =>
  `"$(${inSql(cluster).addressCommand(region, instance)})"`;

function client(target: Target, asked: readonly Query['text'][], options: string): string {
  const { instance, database, engine } = target;
  if (!isAsked(engine)) return `# not asked of ${instance}: a drill speaks no SQL with ${engine}`;
  const [program, name, run] =
    engine === 'postgres' ? ['psql', `-d ${database}`, '-c'] : ['mysql', `-D ${database}`, '-e'];
  const statements = asked.map((one) => (typeof one === 'string' ? one : one[engine]).replace(/["$`\\]/g, '\\$&'));
  // psql takes each statement by itself, mysql takes the last -e alone.
  const texts = engine === 'postgres' ? statements : [statements.join('; ')];
  return `${program} -h ${hostOf(target)} ${name}${options} ${texts.map((text) => `${run} "${text}"`).join(' ')}`;
}

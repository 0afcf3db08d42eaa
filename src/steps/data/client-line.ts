import type * as z from 'zod';
import { isAsked, type Query } from '../../ports/sql.ts';
import type { targetSchema } from './target.ts';

/** A line for a person: an instance or a cluster is known by its name, but reached at its endpoint. */
export function clientLine(
  { region, instance, database, engine, cluster }: z.output<typeof targetSchema>,
  asked: Query['text'],
): string {
  if (!isAsked(engine)) return `# nobody asks ${instance}: a drill speaks no SQL with ${engine}`;
  const endpoint = cluster
    ? `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${instance} --query 'DBClusters[0].Endpoint' --output text`
    : `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].Endpoint.Address' --output text`;
  const sql = (typeof asked === 'string' ? asked : asked[engine]).replace(/["$`\\]/g, '\\$&');
  return engine === 'postgres'
    ? `psql -h "$(${endpoint})" -d ${database} -c "${sql}"`
    : `mysql -h "$(${endpoint})" -D ${database} -e "${sql}"`;
}

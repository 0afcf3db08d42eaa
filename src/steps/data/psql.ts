/** A line for a person: an instance or a cluster is known by its name, but reached at its endpoint. */
export function psql(
  { region, instance, database, cluster }: { region: string; instance: string; database: string; cluster?: boolean },
  sql: string,
) {
  const endpoint = cluster
    ? `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${instance} --query 'DBClusters[0].Endpoint' --output text`
    : `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].Endpoint.Address' --output text`;
  return `psql -h "$(${endpoint})" -d ${database} -c "${sql.replace(/["$`\\]/g, '\\$&')}"`;
}

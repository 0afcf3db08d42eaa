/** A line for a person: an instance is known by its name, but reached at its endpoint. */
export function psql(
  { region, instance, database }: { region: string; instance: string; database: string },
  sql: string,
) {
  const endpoint = `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].Endpoint.Address' --output text`;
  return `psql -h "$(${endpoint})" -d ${database} -c "${sql.replace(/["$`\\]/g, '\\$&')}"`;
}

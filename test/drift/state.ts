/** A state as `terraform show -json` writes it, with the AWS provider's own attributes. */
const ACCOUNT = '111122223333';
const resource = (type: string, name: string, values: Record<string, unknown>, index?: string) => ({
  address: `${type}.${name}${index === undefined ? '' : `["${index}"]`}`,
  mode: 'managed',
  type,
  name,
  ...(index !== undefined && { index }),
  provider_name: `registry.terraform.io/hashicorp/${type.split('_')[0]}`,
  values,
});

const rds = (region: string, kind: string, name: string) => `arn:aws:rds:${region}:${ACCOUNT}:${kind}:${name}`;

const instance = (name: string, region: string, identifier: string, more: Record<string, unknown>) =>
  resource('aws_db_instance', name, {
    arn: rds(region, 'db', identifier),
    identifier,
    id: `db-${identifier.toUpperCase()}`,
    engine: 'postgres',
    instance_class: 'db.r6g.xlarge',
    replicate_source_db: '',
    backup_retention_period: 7,
    multi_az: true,
    ...more,
  });

const cluster = (name: string, region: string, identifier: string, more: Record<string, unknown>) =>
  resource('aws_rds_cluster', name, {
    arn: rds(region, 'cluster', identifier),
    cluster_identifier: identifier,
    id: identifier,
    engine: 'aurora-postgresql',
    global_cluster_identifier: 'ecommerce-global',
    replication_source_identifier: '',
    ...more,
  });

const record = (name: string, set: string, weight: number) =>
  resource('aws_route53_record', name, {
    id: `Z0EXAMPLE1SHOP_shop.example.com_A_${set}`,
    zone_id: 'Z0EXAMPLE1SHOP',
    name: 'shop.example.com',
    fqdn: 'shop.example.com',
    type: 'A',
    ttl: 30,
    set_identifier: set,
    weighted_routing_policy: [{ weight }],
  });

/** The sample platform as it is before a failover. */
export const samplePlatform = {
  format_version: '1.0',
  terraform_version: '1.11.4',
  values: {
    root_module: {
      resources: [
        resource('aws_rds_global_cluster', 'global', {
          arn: `arn:aws:rds::${ACCOUNT}:global-cluster:ecommerce-global`,
          id: 'ecommerce-global',
          global_cluster_identifier: 'ecommerce-global',
        }),
        cluster('primary', 'ap-east-2', 'ecommerce-aurora-primary', {
          vpc_security_group_ids: ['sg-0a1b2c3d4e5f60002'],
        }),
        cluster('recovery', 'ap-northeast-1', 'ecommerce-aurora-recovery', {
          vpc_security_group_ids: ['sg-0f9e8d7c6b5a40002'],
          replication_source_identifier: rds('ap-east-2', 'cluster', 'ecommerce-aurora-primary'),
        }),
        resource('aws_elasticache_global_replication_group', 'cache', {
          arn: `arn:aws:elasticache::${ACCOUNT}:globalreplicationgroup:xhcbd-ecommerce-cache`,
          id: 'xhcbd-ecommerce-cache',
          global_replication_group_id: 'xhcbd-ecommerce-cache',
          primary_replication_group_id: 'ecommerce-cache-primary',
        }),
        resource(
          'aws_eks_node_group',
          'workers',
          {
            arn: `arn:aws:eks:ap-northeast-1:${ACCOUNT}:nodegroup/ecommerce-recovery/ecommerce-recovery-workers/1`,
            cluster_name: 'ecommerce-recovery',
            node_group_name: 'ecommerce-recovery-workers',
            scaling_config: [{ min_size: 3, desired_size: 3, max_size: 30 }],
          },
          'recovery',
        ),
        resource('aws_route53_health_check', 'primary', {
          id: '11111111-aaaa-4bbb-8ccc-000000000001',
          type: 'HTTPS',
          invert_healthcheck: false,
          disabled: false,
        }),
        record('taipei', 'taipei', 100),
        record('tokyo', 'tokyo', 0),
        { ...resource('aws_db_instance', 'read', { identifier: 'ecommerce-db-primary' }), mode: 'data' },
      ],
      child_modules: [
        {
          address: 'module.orders',
          resources: [
            instance('primary', 'ap-east-2', 'ecommerce-db-primary', {
              vpc_security_group_ids: ['sg-0a1b2c3d4e5f60001'],
            }),
            instance('replica', 'ap-northeast-1', 'ecommerce-db-dr-replica', {
              vpc_security_group_ids: ['sg-0f9e8d7c6b5a40001'],
              replicate_source_db: rds('ap-east-2', 'db', 'ecommerce-db-primary'),
              backup_retention_period: 0,
              multi_az: false,
            }),
          ].map((one) => ({ ...one, address: `module.orders.${one.address}` })),
        },
      ],
    },
  },
};

const inStack = (region: string, LogicalResourceId: string, ResourceType: string, PhysicalResourceId: string) => ({
  StackName: 'shop',
  StackId: `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/shop/0a1b2c3d-1111-2222-3333-444455556666`,
  LogicalResourceId,
  PhysicalResourceId,
  ResourceType,
  ResourceStatus: 'CREATE_COMPLETE',
});

/** The recovery side of the sample platform, as `aws cloudformation describe-stack-resources` prints it. */
export const recoveryStack = {
  StackResources: [
    inStack('ap-northeast-1', 'Replica', 'AWS::RDS::DBInstance', 'ecommerce-db-dr-replica'),
    inStack('ap-northeast-1', 'Workers', 'AWS::EKS::Nodegroup', 'ecommerce-recovery/ecommerce-recovery-workers'),
    inStack('ap-northeast-1', 'Check', 'AWS::Route53::HealthCheck', '11111111-aaaa-4bbb-8ccc-000000000001'),
    inStack('ap-northeast-1', 'Sessions', 'AWS::ElastiCache::GlobalReplicationGroup', 'xhcbd-ecommerce-cache'),
    inStack('ap-northeast-1', 'Keys', 'AWS::KMS::Key', '0a1b2c3d-aaaa-bbbb-cccc-000000000001'),
  ],
};

import { waysToFail } from './ways-to-fail.ts';

waysToFail('multi-region-failover', [
  {
    fault: 'the promotion fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^take-over\/orders: .* went back to being a replica/,
  },
  {
    fault: 'the promotion takes longer than the RTO',
    set: ['simulation.promotion.takes=6 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'the replica is too far behind, and the person who is asked refuses',
    set: ['simulation.replicationLag=90 s', 'simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^baseline.* behind; the drill allows .* refused\.$/,
  },
  {
    fault: 'the replica is too far behind, and the person who is asked agrees',
    set: ['simulation.replicationLag=90 s'],
    end: 'target-missed',
    reason: /^RPO missed by/,
  },
  {
    fault: 'a node autoscaler removes the new nodes, because their minimum was not raised',
    set: [
      'simulation.nodes.autoscaler={ after: 5 s }',
      'topology.compute.shop.recovery.failoverNodes={ min: 3, desired: 9, max: 30 }',
    ],
    end: 'failed',
    reason: /^scale\/shop\/nodes: .* was scaled back from 9 to \d nodes before pods came/,
  },
  {
    fault: 'traffic does not move',
    set: ['simulation.healthCheck.stuck=true'],
    end: 'failed',
    reason: /^shift\/public: /,
  },
  {
    fault: 'the recovery region has no capacity for more nodes',
    set: ['simulation.nodes.capacity=4'],
    end: 'failed',
    reason: /^scale\/shop\/nodes: /,
  },
  {
    fault: 'pods never become ready',
    set: ['simulation.pods.neverReady=true'],
    end: 'failed',
    reason: /^scale\/shop\/pods: /,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.orphanOrders=2'],
    end: 'target-missed',
    reason: /data check failed: Every order has its customer/,
  },
  {
    fault: 'a quarter of the clients ignore the TTL',
    set: ['simulation.customers.ignoreTtl.share=25 %'],
    end: 'target-missed',
    reason: /^RTO missed: more than .* \(2 of 8 customers were not served again: they still asked the old address/,
  },
  {
    fault: 'the response to the promotion request is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: PromoteReadReplica }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'another tool restores the health check',
    set: ['simulation.traffic.controller={ after: 40 s }'],
    end: 'failed',
    reason: /Somebody else changed what shift\/public made/,
  },
  {
    fault: 'a third record set leads customers elsewhere',
    set: ['simulation.traffic.records=[{ type: A, setIdentifier: osaka, weight: 10, values: [192.0.2.7] }]'],
    end: 'rolled-back',
    reason: /^preflight: shop.example.com has another set beside taipei and tokyo/,
  },
  {
    fault: 'the name leads to load balancers that the topology does not name',
    set: ['simulation.traffic.records=[{ type: A, setIdentifier: tokyo, weight: 0, alias: lb.example.com }]'],
    end: 'rolled-back',
    reason: /^preflight: tokyo is an alias of lb.example.com/,
  },
  {
    fault: 'someone disables the key of the replica',
    set: ['simulation.keyDisabled={ in: recovery, after: 2 min }'],
    end: 'rolled-back',
    reason: /^take-over\/orders: ecommerce-db-dr-replica is inaccessible-encryption-credentials-recoverable/,
  },
]);

for (const drill of ['snapshot-restore', 'point-in-time-restore']) {
  waysToFail(drill, [
    {
      fault: 'the person who is asked refuses',
      set: ['simulation.approval.refuses=true'],
      end: 'rolled-back',
      reason: /^approve: .* refused/,
    },
    {
      fault: 'the restore fails',
      set: ['simulation.restore.fails=true'],
      end: 'rolled-back',
      reason: /^restore\/orders: .* restore-error/,
    },
    {
      fault: 'the restore takes longer than the RTO',
      set: ['simulation.restore.takes=20 min'],
      end: 'target-missed',
      reason: /^RTO missed by 6 min/,
    },
    {
      fault: 'the instance that is still being restored cannot be deleted in time',
      set: ['simulation.restore.takes=100 min'],
      end: 'failed',
      reason: /^delete-restored\/orders: not done within/,
    },
    {
      fault: 'orders are missing in the backup',
      set: ['simulation.restore.losesRows=40'],
      end: 'target-missed',
      reason: /data check failed: Every item has its order/,
    },
    {
      fault: 'the backup is older than the RPO',
      set: ['targets.rpo=1 min'],
      end: 'target-missed',
      reason: /^RPO missed by/,
    },
    {
      fault: 'AWS throttles every call',
      set: ['simulation.throttling=[{ service: rds, calls: 100000 }]'],
      end: 'rolled-back',
      reason: /^preflight: .*Rate exceeded/,
    },
    {
      fault: 'the region has no capacity for another instance',
      set: ['simulation.databaseCapacity={ lacks: primary }'],
      end: 'rolled-back',
      reason: /^restore\/orders: not done within 30 min: The requested DB instance class/,
    },
    {
      fault: 'the region has no capacity for the first 4 min',
      set: ['simulation.databaseCapacity={ lacks: primary, until: 4 min }'],
      end: 'passed',
      reason: /every target was met/,
    },
  ]);
}

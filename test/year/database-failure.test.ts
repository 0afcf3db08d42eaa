import { waysToFail } from './ways-to-fail.ts';

waysToFail('database-failure', [
  {
    fault: 'the promotion fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^take-over\/orders: .* went back to being a replica/,
  },
  {
    fault: 'the promotion takes longer than the RTO',
    set: ['simulation.promotion.takes=5 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'the replica is too far behind, and the person who is asked refuses',
    set: ['simulation.replicationLag=45 s', 'simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^baseline.* behind; the drill allows .* refused\.$/,
  },
  {
    fault: 'pods do not come back with the new address',
    set: ['simulation.pods.neverReady=true'],
    end: 'failed',
    reason: /^point\/shop: not done within/,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.negativeStock=2'],
    end: 'target-missed',
    reason: /data check failed: No stock below zero/,
  },
  {
    fault: 'AWS throttles every call',
    set: ['simulation.throttling=[{ service: rds, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: .*Rate exceeded/,
  },
  {
    fault: 'the response to the promotion request is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: PromoteReadReplica }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'someone disables the key of the replica',
    set: ['simulation.keyDisabled={ in: recovery, after: 1 min }'],
    end: 'rolled-back',
    reason: /^take-over\/orders: ecommerce-db-dr-replica is inaccessible-encryption-credentials-recoverable/,
  },
]);

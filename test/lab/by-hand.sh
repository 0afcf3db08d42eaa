#!/usr/bin/env bash
# What a team without an orchestrator runs in a disaster: the same steps as the failover drill, one after another, with the AWS CLI,
# looking as seldom as its waiters do. LOOK_EVERY_S is the waiters' 30 s, scaled as the durations of the lab are.
set -euo pipefail

until_so() { # command...: looks until it says yes
  until "$@"; do sleep "$LOOK_EVERY_S"; done
}
kubernetes() { # method path [body]
  local token
  token=$(aws eks get-token --region "$RECOVERY" --cluster-name "$CLUSTER" --query status.token --output text)
  curl -fsS --cacert "$CA" -X "$1" -H "authorization: Bearer $token" \
    -H 'content-type: application/strategic-merge-patch+json' ${3:+--data "$3"} "$ENDPOINT$2"
}
deployment() { echo "/apis/apps/v1/namespaces/shop/deployments/$1"; }

promoted() {
  [ "$(aws rds describe-db-instances --region "$RECOVERY" --db-instance-identifier "$REPLICA" --output text \
    --query 'DBInstances[0].[DBInstanceStatus,ReadReplicaSourceDBInstanceIdentifier]' | tr '\t' ' ')" = 'available None' ]
}
scaled() {
  [ "$(aws eks describe-nodegroup --region "$RECOVERY" --cluster-name "$CLUSTER" --nodegroup-name "$NODEGROUP" --query nodegroup.status --output text)" = ACTIVE ] &&
    [ "$(kubernetes GET "/api/v1/nodes?labelSelector=eks.amazonaws.com/nodegroup%3D$NODEGROUP" | grep -o '"type":"Ready","status":"True"' | wc -l)" -ge "$NODES" ]
}
ready() { kubernetes GET "$(deployment "$1")" | grep -q "\"readyReplicas\":$REPLICAS"; }
rolled_out() { kubernetes GET "$(deployment "$1")" | grep -q "\"updatedReplicas\":$REPLICAS"; }
served() { curl -fsS -o /dev/null --max-time 1 -X POST "$DOOR"; }

aws rds promote-read-replica --region "$RECOVERY" --db-instance-identifier "$REPLICA" --backup-retention-period 7 > /dev/null
until_so promoted
aws eks update-nodegroup-config --region "$RECOVERY" --cluster-name "$CLUSTER" --nodegroup-name "$NODEGROUP" \
  --scaling-config "minSize=$NODES,maxSize=9,desiredSize=$NODES" > /dev/null
until_so scaled
for name in $DEPLOYMENTS; do kubernetes PATCH "$(deployment "$name")/scale" "{\"spec\":{\"replicas\":$REPLICAS}}" > /dev/null; done
for name in $DEPLOYMENTS; do until_so ready "$name"; done
for name in $DEPLOYMENTS; do
  kubernetes PATCH "$(deployment "$name")" \
    "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"$name\",\"env\":[{\"name\":\"DATABASE_WRITER_HOST\",\"value\":\"$WRITER\"}]}]}}}}" > /dev/null
done
for name in $DEPLOYMENTS; do until_so rolled_out "$name"; done
version=$(aws route53 get-health-check --health-check-id "$HEALTH_CHECK" --query HealthCheck.HealthCheckVersion --output text)
aws route53 update-health-check --health-check-id "$HEALTH_CHECK" --health-check-version "$version" --inverted --disabled > /dev/null
until_so served

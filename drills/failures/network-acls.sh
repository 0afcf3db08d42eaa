#!/usr/bin/env bash
# A region is cut off by network ACLs: every subnet of its VPCs gets one that lets nothing in and nothing out, also of open connections.
#   inject: bash network-acls.sh inject <vpc>...
# Which ACL each subnet had is kept in a file of each VPC before the first one is changed, and heal puts it back from there.
# AWS's own APIs in the region go on answering.
set -euo pipefail
export AWS_PAGER=''

say() { printf '%s\n' "$*" >&2; }
usage() { say "Usage: DR_DRILL_REGION=<region> bash $0 inject|heal|active <vpc>..."; exit 2; }

[ $# -ge 2 ] && [ -n "${DR_DRILL_REGION:-}" ] || usage
what=$1
shift
state=${FAILURE_STATE:-.dr-drill-failure}

ec2() { aws ec2 --region "$DR_DRILL_REGION" --output text "$@"; }
acls() { ec2 describe-network-acls --filters "$@"; }
file_of() { printf '%s/network-acls-%s-%s' "$state" "$DR_DRILL_REGION" "$1"; }

# The ACL of a VPC that lets nothing through; nothing where none has been made.
closed_of() { acls "Name=vpc-id,Values=$1" Name=tag:dr-drill,Values=cut-off --query 'NetworkAcls[].NetworkAclId'; }

# Each subnet of a VPC with its ACL and the ID of their association.
subnets_of() { acls "Name=vpc-id,Values=$1" --query 'NetworkAcls[].Associations[].[SubnetId, NetworkAclId, NetworkAclAssociationId]'; }

# The same ACL if asked again; a new one denies everything.
closed_in() {
  local closed open
  # A failure in $(...) does not end the function by itself.
  closed=$(closed_of "$1") || return 1
  [ -n "$closed" ] || closed=$(
    ec2 create-network-acl --vpc-id "$1" --query 'NetworkAcl.NetworkAclId' \
      --tag-specifications 'ResourceType=network-acl,Tags=[{Key=dr-drill,Value=cut-off}]'
  ) || return 1
  open=$(ec2 describe-network-acls --network-acl-ids "$closed" --query "NetworkAcls[].Entries[?RuleAction=='allow'][].RuleNumber") || return 1
  [ -z "$open" ] || { say "$closed is tagged dr-drill=cut-off, and lets something through."; return 1; }
  printf '%s' "$closed"
}

inject() {
  local vpc file closed subnets subnet acl association
  mkdir -p "$state"
  for vpc in "$@"; do
    file=$(file_of "$vpc")
    [ ! -s "$file" ] || continue
    closed=$(closed_of "$vpc")
    subnets=$(subnets_of "$vpc")
    [ -n "$subnets" ] || { say "$vpc has no subnets in $DR_DRILL_REGION."; return 1; }
    [ -z "$closed" ] || ! grep -q "$closed" <<< "$subnets" || { say "$vpc is cut off already, and $file, which would tell its ACLs, is not there."; return 1; }
    printf '%s\n' "$subnets" > "$file.new"
    mv "$file.new" "$file"
  done
  for vpc in "$@"; do
    closed=$(closed_in "$vpc")
    subnets=$(subnets_of "$vpc")
    while read -r subnet acl association; do
      [ "$acl" = "$closed" ] ||
        ec2 replace-network-acl-association --association-id "$association" --network-acl-id "$closed" > /dev/null ||
        { say "$subnet could not be cut off."; return 1; }
    done <<< "$subnets"
  done
  date -u +%Y-%m-%dT%H:%M:%SZ
}

heal() {
  local vpc file closed subnets subnet had acl association left failed=0
  for vpc in "$@"; do
    left=''
    file=$(file_of "$vpc")
    closed=$(closed_of "$vpc")
    subnets=$(subnets_of "$vpc")
    if [ ! -s "$file" ]; then
      [ -z "$closed" ] || ! grep -q "$closed" <<< "$subnets" || { say "$vpc is cut off, and $file, which would tell its ACLs, is not there."; failed=1; }
      continue
    fi
    while read -r subnet acl association; do
      had=$(awk -v subnet="$subnet" '$1 == subnet { print $2 }' "$file")
      # A subnet that was made meanwhile has what its VPC gives by default.
      [ -n "$had" ] && [ "$acl" != "$had" ] || continue
      ec2 replace-network-acl-association --association-id "$association" --network-acl-id "$had" > /dev/null ||
        left="$left $subnet"
    done <<< "$subnets"
    if [ -n "$left" ]; then
      say "$vpc: these subnets could not be given the ACLs that stand in $file:$left"
      failed=1
    elif [ -n "$closed" ] && ! ec2 delete-network-acl --network-acl-id "$closed" > /dev/null; then
      say "$closed could not be deleted."
      failed=1
    else
      rm "$file"
    fi
  done
  return "$failed"
}

# In force while every subnet is cut off; not in force while none is.
active() {
  local vpc closed subnets cut=0 all=0
  for vpc in "$@"; do
    # A look that fails is no answer.
    closed=$(closed_of "$vpc") || exit 2
    subnets=$(subnets_of "$vpc") || exit 2
    [ -n "$subnets" ] || { say "$vpc has no subnets in $DR_DRILL_REGION."; exit 2; }
    all=$((all + $(wc -l <<< "$subnets")))
    [ -z "$closed" ] || cut=$((cut + $(grep -c "$closed" <<< "$subnets" || true)))
  done
  [ "$cut" -ne "$all" ] || exit 0
  [ "$cut" -ne 0 ] || exit 1
  say "$cut of $all subnets are cut off: neither in force nor over."
  exit 2
}

case $what in
  inject | heal | active) "$what" "$@" ;;
  *) usage ;;
esac

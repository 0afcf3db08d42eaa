#!/usr/bin/env bash
# A region is cut off by taking all rules from security groups.
#   inject: bash security-groups.sh inject <security group>...
# Each group's rules are kept in a file of its own before the first one is taken, and heal puts them back from there.
# Connections that are open stay open where AWS tracks them: restart what must lose them, or use network-acls.sh, which cuts at once.
set -euo pipefail
export AWS_PAGER=''

say() { printf '%s\n' "$*" >&2; }
usage() { say "Usage: DR_DRILL_REGION=<region> bash $0 inject|heal|active <security group>..."; exit 2; }

[ $# -ge 2 ] && [ -n "${DR_DRILL_REGION:-}" ] || usage
command -v jq > /dev/null || { say 'This needs jq.'; exit 2; }
what=$1
shift
state=${FAILURE_STATE:-.dr-drill-failure}

ec2() { aws ec2 --region "$DR_DRILL_REGION" "$@"; }
file_of() { printf '%s/security-group-%s-%s.json' "$state" "$DR_DRILL_REGION" "$1"; }
rules_of() { ec2 describe-security-group-rules --filters "Name=group-id,Values=$1" --output json | jq -c '.SecurityGroupRules'; }
ids_of() { jq -r --argjson egress "$1" '[.[] | select(.IsEgress == $egress) | .SecurityGroupRuleId] | join(" ")'; }

# A rule as it is given to `authorize`, with its tags: all that makes it what it is but its own ID.
plain='
  def named: with_entries(select(.value != null));
  def described($rule; $to): [$to + {Description: $rule.Description} | named];
  map(. as $rule | {
    IsEgress,
    Permission: ({
      IpProtocol,
      FromPort: (if .IpProtocol == "-1" then null else .FromPort end),
      ToPort: (if .IpProtocol == "-1" then null else .ToPort end),
      IpRanges: (.CidrIpv4 | if . then described($rule; {CidrIp: .}) else null end),
      Ipv6Ranges: (.CidrIpv6 | if . then described($rule; {CidrIpv6: .}) else null end),
      PrefixListIds: (.PrefixListId | if . then described($rule; {PrefixListId: .}) else null end),
      UserIdGroupPairs: (.ReferencedGroupInfo | if . then
        described($rule; {GroupId, UserId, VpcPeeringConnectionId} | named) else null end)
    } | named),
    Tags: (.Tags // [] | sort_by(.Key))
  }) | sort_by(tojson)'

inject() {
  local group file rules ids
  mkdir -p "$state"
  for group in "$@"; do
    file=$(file_of "$group")
    [ ! -s "$file" ] || continue
    rules=$(rules_of "$group" | jq -c "$plain")
    [ "$rules" != '[]' ] || { say "$group has no rules that could be taken."; return 1; }
    printf '%s\n' "$rules" > "$file.new"
    mv "$file.new" "$file"
  done
  for group in "$@"; do
    rules=$(rules_of "$group")
    ids=$(ids_of false <<< "$rules")
    # Each ID is a word of its own.
    # shellcheck disable=SC2086
    [ -z "$ids" ] || ec2 revoke-security-group-ingress --group-id "$group" --security-group-rule-ids $ids > /dev/null
    ids=$(ids_of true <<< "$rules")
    # shellcheck disable=SC2086
    [ -z "$ids" ] || ec2 revoke-security-group-egress --group-id "$group" --security-group-rule-ids $ids > /dev/null
  done
  date -u +%Y-%m-%dT%H:%M:%SZ
}

# Puts back what is missing of a group, rule by rule: each has tags of its own.
restore() {
  local group=$1 file=$2 rule direction missing
  missing=$(rules_of "$group" | jq -c "$plain" | jq -c --slurpfile kept "$file" '. as $now | $kept[0] - $now | .[]')
  [ -n "$missing" ] || return 0
  while read -r rule; do
    direction=$(jq -r 'if .IsEgress then "egress" else "ingress" end' <<< "$rule")
    set -- --group-id "$group" --ip-permissions "$(jq -c '[.Permission]' <<< "$rule")"
    [ "$(jq -r '.Tags | length' <<< "$rule")" = 0 ] ||
      set -- "$@" --tag-specifications "$(jq -c '[{ResourceType: "security-group-rule", Tags}]' <<< "$rule")"
    ec2 "authorize-security-group-$direction" "$@" > /dev/null || say "$group: a rule could not be put back: $rule"
  done <<< "$missing"
}

heal() {
  local group file left failed=0
  for group in "$@"; do
    file=$(file_of "$group")
    if [ ! -s "$file" ]; then
      left=$(rules_of "$group")
      [ "$left" != '[]' ] || { say "$group has no rules, and $file, which would tell them, is not there."; failed=1; }
      continue
    fi
    restore "$group" "$file"
    left=$(rules_of "$group" | jq -c "$plain" | jq -c --slurpfile kept "$file" '. as $now | $kept[0] - $now')
    if [ "$left" = '[]' ]; then rm "$file"; else say "$group still lacks $left. They stand in $file."; failed=1; fi
  done
  return "$failed"
}

# In force while no group has a rule; not in force while each has one.
active() {
  local group rules cut=0
  for group in "$@"; do
    # A look that fails is no answer.
    rules=$(rules_of "$group") || exit 2
    [ "$rules" != '[]' ] || cut=$((cut + 1))
  done
  [ "$cut" -ne $# ] || exit 0
  [ "$cut" -ne 0 ] || exit 1
  say "$cut of $# security groups have no rules: neither in force nor over."
  exit 2
}

case $what in
  inject | heal | active) "$what" "$@" ;;
  *) usage ;;
esac

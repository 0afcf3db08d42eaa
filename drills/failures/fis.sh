#!/usr/bin/env bash
# A region is lost by an experiment of AWS Fault Injection Service, whose template stands in that region.
#   inject: bash fis.sh inject <experiment template>
# FIS takes back what it did when the experiment is stopped, or is over: nothing has to be remembered here.
set -euo pipefail
export AWS_PAGER=''

say() { printf '%s\n' "$*" >&2; }
usage() { say "Usage: DR_DRILL_REGION=<region> bash $0 inject|heal|active <experiment template>"; exit 2; }

[ $# -eq 2 ] && [ -n "${DR_DRILL_REGION:-}" ] || usage
what=$1 template=$2
# So long may an experiment take to begin or to end.
attempts=${FAILURE_ATTEMPTS:-150}
between=${FAILURE_SECONDS_BETWEEN:-2}

fis() { aws fis --region "$DR_DRILL_REGION" --output text "$@"; }

# The experiments of the template that are not over, each with its state.
underway() {
  fis list-experiments --experiment-template-id "$template" \
    --query "experiments[?contains(['pending', 'initiating', 'running', 'stopping', 'cancelling'], state.status)].[id, state.status]"
}

status() { fis get-experiment --id "$1" --query 'experiment.state.status'; }
reason() { fis get-experiment --id "$1" --query 'experiment.state.reason'; }

inject() {
  local id status
  id=$(underway | awk '$2 == "pending" || $2 == "initiating" || $2 == "running" { print $1; exit }')
  [ -n "$id" ] || id=$(fis start-experiment --experiment-template-id "$template" --query 'experiment.id')
  for ((n = 0; n < attempts; n += 1)); do
    status=$(status "$id")
    case $status in
      # What it does may be over before anyone looks.
      running | completed)
        fis get-experiment --id "$id" --query 'experiment.startTime' | in_utc
        return
        ;;
      pending | initiating) sleep "$between" ;;
      *)
        say "The experiment $id is $status: $(reason "$id")"
        return 1
        ;;
    esac
  done
  say "The experiment $id has not begun: it is still $status."
  return 1
}

# The CLI gives an instant as seconds since 1970, or as a text with a zone of its own. Anything else is left out: dr-drill then takes its own time.
in_utc() {
  local at
  read -r at
  case $at in
    *T*) date -u -d "$at" +%Y-%m-%dT%H:%M:%SZ 2> /dev/null || true ;;
    [0-9]*) date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ 2> /dev/null || date -u -r "${at%.*}" +%Y-%m-%dT%H:%M:%SZ ;;
  esac
}

heal() {
  local ids id left
  ids=$(underway | awk '$2 != "stopping" && $2 != "cancelling" { print $1 }')
  for id in $ids; do
    # It may be over by itself meanwhile, which FIS refuses to stop.
    fis stop-experiment --id "$id" --query 'experiment.state.status' > /dev/null || say "The experiment $id could not be stopped: it is $(status "$id")."
  done
  for ((n = 0; n < attempts; n += 1)); do
    left=$(underway)
    [ -n "$left" ] || return 0
    sleep "$between"
  done
  say "Not over yet: $left"
  return 1
}

active() {
  local list
  # A look that fails is no answer.
  list=$(underway) || exit 2
  grep -Eq '[[:space:]](running|stopping|cancelling)$' <<< "$list" || exit 1
}

case $what in
  inject | heal | active) "$what" ;;
  *) usage ;;
esac

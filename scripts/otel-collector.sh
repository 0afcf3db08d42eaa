#!/usr/bin/env bash
# Builds an OpenTelemetry Collector from its Go modules, for `npm run test:collector`, and keeps it in node_modules/.cache. Takes ten
# minutes the first time, and nothing after. Needs Go 1.26 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."

source=test/collector/go
cache=$PWD/node_modules/.cache/collector/$(cat $source/* | sha256sum | cut -c1-12)
[ -x "$cache/collector" ] && exit
command -v go > /dev/null || { echo "go is missing: install it (on Debian: golang), then run this again." >&2; exit 1; }

export GOWORK=off GOFLAGS='-mod=readonly -buildvcs=false -p=1' CGO_ENABLED=0
mkdir -p "$cache"
(cd $source && nice -n 19 go build -trimpath -ldflags='-s -w' -o "$cache/collector" .)

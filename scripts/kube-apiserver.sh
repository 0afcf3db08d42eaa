#!/usr/bin/env bash
# Builds kube-apiserver and kube-controller-manager from their Go modules, for `npm run test:kubernetes`, and keeps them in
# node_modules/.cache. Takes 20 to 40 minutes the first time, and nothing after. Needs Go 1.25 or newer; the tests need etcd as well.
set -euo pipefail
cd "$(dirname "$0")/.."

version=v1.35.1
# Its parts are published as modules of their own, one minor version below 1.
parts=v0.${version#v1.}
cache=$PWD/node_modules/.cache/kubernetes/$version
[ -x "$cache/kube-apiserver" ] && [ -x "$cache/kube-controller-manager" ] && exit

for program in go etcd; do
  command -v "$program" > /dev/null || { echo "$program is missing: install it (on Debian: golang, etcd-server), then run this again." >&2; exit 1; }
done

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOWORK=off GOFLAGS='-mod=mod -buildvcs=false -p=1' CGO_ENABLED=0
source=$(cd "$work" && go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",\{0,1\}$/\1/p')
cp -R "$source/." "$work"
chmod -R u+w "$work"
cd "$work"
# The module holds neither what it vendors nor the folders that its go.mod puts in the place of its parts.
rm -rf vendor go.work go.work.sum
sed -i "s#=> ./staging/src/\(k8s.io/[a-z-]*\)#=> \1 $parts#" go.mod
mkdir -p "$cache"
nice -n 19 go build -trimpath -ldflags="-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$cache/" \
  ./cmd/kube-apiserver ./cmd/kube-controller-manager

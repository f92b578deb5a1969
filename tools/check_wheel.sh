#!/bin/sh
# Build the wheel, install it beside nothing but its own requirements, and use it far from the source.
set -eu

root=$PWD
rm -rf dist .venv-wheel
.venv/bin/python -m hatchling build --target wheel --directory dist >/dev/null
.tools/bin/uv venv --quiet --python .venv/bin/python .venv-wheel
.tools/bin/uv pip install --quiet --python .venv-wheel --require-hashes -r requirements/run.txt
.tools/bin/uv pip install --quiet --python .venv-wheel --no-deps dist/*.whl
away=$(mktemp -d)
trap 'rm -rf "$away" "$root/.venv-wheel"' EXIT
cp -R tests/house/wheel/. "$away"
cd "$away"
bin=$root/.venv-wheel/bin
$bin/python use.py "$root"
$bin/vendepunkt --help >/dev/null
$bin/vendepunkt describe people.csv --json >answer.json
$bin/python -c "import json; json.load(open('answer.json'))"
mkdir study
cp -R "$root/examples/gss-panel/." study
rm -rf study/work study/out
$bin/vendepunkt run study >/dev/null
test -s study/out/report.html
test -s study/out/report.pdf
echo "The wheel works on its own."

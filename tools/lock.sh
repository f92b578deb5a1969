#!/bin/sh
# Write the locked requirements of pyproject.toml: versions and hashes, and no host.
#
#   lock.sh FOLDER [--upgrade]   write the four files into FOLDER
#   lock.sh --check              say whether a new run would write what stands in requirements/
set -eu

compile() { # compile FILE SOURCE OPTIONS…
    file=$1
    shift
    .tools/bin/uv pip compile "$@" --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --quiet --output-file "$file" >/dev/null
}

lock() { # lock FOLDER [--upgrade]
    folder=$1
    shift
    compile "$folder/dev.txt" pyproject.toml --extra postgres --group dev "$@"
    # At the versions of dev.txt, so that one environment serves both.
    compile "$folder/run.txt" pyproject.toml --extra web --group build -c "$folder/dev.txt" "$@"
    compile "$folder/peers.txt" --group peers "$@"
    compile "$folder/uv.txt" --group tools "$@"
}

if [ "$1" != --check ]; then
    lock "$@"
    exit
fi
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
cp requirements/*.txt "$fresh"
lock "$fresh"
if ! diff -u requirements "$fresh"; then
    echo "requirements/ is not what pyproject.toml asks for. Try: make lock" >&2
    exit 1
fi
echo "The locked requirements are fresh."

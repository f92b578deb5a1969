#!/bin/sh
# Gather every wheel that a machine without network needs, for 64-bit Linux and Windows, and prove that
# each of the two is complete.
#
#   bundle.sh FOLDER      BUNDLE_PYTHON=3.12 takes another Python than 3.11
set -eu

folder=$1
python=${BUNDLE_PYTHON:-3.11}
uv=.tools/bin/uv
pins=$(mktemp -d)
trap 'rm -rf "$pins"' EXIT
rm -rf "$folder"
mkdir -p "$folder"
.venv/bin/python -m hatchling build --target wheel --directory "$folder" >/dev/null 2>&1

fetch() { # fetch UV-PLATFORM PIP-PLATFORM…
    platform=$1
    shift
    # pip would read "only on Windows" as a question about this machine; uv settles it for the other.
    $uv pip compile requirements/run.txt --python-platform "$platform" --python-version "$python" \
        --generate-hashes --no-header --no-annotate --quiet --output-file "$pins/$platform.txt" >/dev/null
    for tag in "$@"; do set -- "$@" --platform "$tag"; shift; done
    ${PYTHON:-python3} -m pip download -qq --disable-pip-version-check --no-deps \
        --only-binary :all: --implementation cp --python-version "$python" "$@" \
        --require-hashes --dest "$folder" -r "$pins/$platform.txt"
}
whole() { # whole PLATFORM: can the program be installed there from the folder alone?
    $uv pip install --quiet --dry-run --offline --no-index --find-links "$folder" \
        --target "$pins/$1" --python-platform "$1" --python-version "$python" "vendepunkt[report]"
    echo "complete for $1, Python $python"
}

fetch x86_64-manylinux_2_28 manylinux_2_28_x86_64 manylinux_2_27_x86_64 manylinux_2_26_x86_64 \
    manylinux_2_24_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64 manylinux_2_12_x86_64 \
    manylinux2010_x86_64 manylinux_2_5_x86_64 manylinux1_x86_64
fetch x86_64-pc-windows-msvc win_amd64
whole x86_64-manylinux_2_28
whole x86_64-pc-windows-msvc
cat >"$folder/INSTALL.txt" <<END
Install Vendepunkt from this folder, without network, on 64-bit Linux or Windows with Python $python:

  python -m pip install --no-index --find-links . "vendepunkt[report]"

The files are as fetched when:  sha256sum --check SHA256SUMS
END
(cd "$folder" && sha256sum ./*.whl >SHA256SUMS)
echo "$(ls "$folder"/*.whl | wc -l) wheels, $(du -sh "$folder" | cut -f1), in $folder/"
echo "How to install from it: $folder/INSTALL.txt"

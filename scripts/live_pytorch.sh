#!/bin/sh
# Compares the engine with PyTorch itself, where a build for the CPU can be had within two minutes.
# PyTorch goes into an environment of its own, which is removed again; the app never needs it.
# Only a disagreement fails: where PyTorch cannot be had, this says so and why, and succeeds.
set -eu
cd "$(dirname "$0")/.."

WANTED=torch==2.13.0
TESTS="tests/core/test_pytorch.py tests/core/test_recorded.py tests/core/test_composition.py"

skip() {
    echo "Live comparison with PyTorch: skipped, $1. The recorded results of PyTorch were compared."
    exit 0
}

compare() {  # with the Python of an environment that has PyTorch
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$1" -m pytest -q -p no:cacheprovider $TESTS
    exit $?
}

ours=.venv/bin/python
[ -x $ours ] || skip "there is no .venv (make test sets it up)"
if $ours -c 'import torch' 2>/dev/null; then
    compare $ours
fi
command -v timeout >/dev/null || skip "this system has no timeout command to bound the installation"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
report=$folder/report.json

# What would pip take? The usual build for Linux brings several GB of CUDA along.
timeout 60 $ours -m pip install --quiet --dry-run --ignore-installed --only-binary :all: \
    --report "$report" $WANTED >"$folder/log" 2>&1 </dev/null \
    || skip "$WANTED cannot be had here within a minute"
$ours - "$report" <<'END' || skip "the build of $WANTED on offer here brings CUDA along (several GB)"
import json, sys

names = [item["metadata"]["name"].lower() for item in json.load(open(sys.argv[1]))["install"]]
sys.exit(any(name.startswith(("nvidia", "cuda", "triton")) for name in names))
END

$ours -m venv "$folder/env" >"$folder/log" 2>&1 || skip "no environment could be made for it"
theirs=$folder/env/bin/python
tools=$($ours -m pip freeze | grep -iE '^(numpy|pytest|hypothesis)==') || skip "pip freeze failed"
# shellcheck disable=SC2086
timeout 100 "$theirs" -m pip install --quiet --only-binary :all: $WANTED $tools \
    >"$folder/log" 2>&1 </dev/null || skip "installing $WANTED failed or took more than 100 s"
timeout 60 "$theirs" -c 'import torch' >"$folder/log" 2>&1 || skip "PyTorch does not start here"
compare "$theirs"

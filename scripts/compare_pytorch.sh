#!/bin/sh
# Compares the engine with PyTorch itself, where a build for the CPU can be had within two minutes.
# PyTorch goes into an environment of its own, which is removed again; the app never needs it.
# Only a disagreement fails: where PyTorch cannot be had, this says so and why, and succeeds.
set -eu
cd "$(dirname "$0")/.."

WANTED=torch==2.13.0
SECONDS_AT_MOST=110  # to get it; the comparison itself takes about ten
started=$(date +%s)
TESTS="tests/core/interop/test_pytorch_live.py tests/core/interop/test_pytorch_reference.py tests/core/test_composition.py"

skip() {
    echo "Live comparison with PyTorch: skipped, $1. The recorded results of PyTorch stand in."
    exit 0
}

within() {  # run a command quietly in what is left of the time
    left=$((SECONDS_AT_MOST - ($(date +%s) - started)))
    [ "$left" -gt 0 ] && timeout "$left" "$@" >"$folder/log" 2>&1 </dev/null
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
within $ours -m pip install --quiet --dry-run --ignore-installed --only-binary :all: \
    --report "$report" $WANTED || skip "$WANTED cannot be had here"
$ours - "$report" <<'END' || skip "the build of $WANTED on offer here brings CUDA along (several GB)"
import json, sys

names = [item["metadata"]["name"].lower() for item in json.load(open(sys.argv[1]))["install"]]
sys.exit(any(name.startswith(("nvidia", "cuda", "triton")) for name in names))
END

within $ours -m venv "$folder/env" || skip "no environment could be made for it"
theirs=$folder/env/bin/python
tools=$($ours -m pip freeze | grep -iE '^(numpy|pytest|hypothesis)==') || skip "pip freeze failed"
# shellcheck disable=SC2086
within "$theirs" -m pip install --quiet --only-binary :all: $WANTED $tools \
    || skip "$WANTED could not be installed within $SECONDS_AT_MOST seconds"
within "$theirs" -c 'import torch' || skip "PyTorch does not start here"
compare "$theirs"

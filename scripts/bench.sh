#!/bin/sh
# Runs the benchmarks one after another; each prints a table and says what it compares with.
# What engine.py and load.py are made of (engine_*.py, load_*.py) is no benchmark of its own.
set -eu
cd "$(dirname "$0")/.."
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

for name in ${*:-$(cd benchmarks && ls ./*.py | grep -vE '(engine|load)_' | sed 's|./\(.*\)\.py|\1|')}; do
    script=benchmarks/$name.py
    [ -f "$script" ] || { echo "there is no benchmark '$name'" >&2; exit 1; }
    echo "== $name"
    PYTHONPATH=. .venv/bin/python "$script"
done

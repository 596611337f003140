#!/usr/bin/env bash
# The engine's tests as processors of other kinds round: with this computer's own kernels, where a
# variable chooses others, and without AVX-512. Nothing is to do where there is no other kind.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
tests=(-m pytest tests/core -q -n auto --maxprocesses 4)

if [ -n "${OPENBLAS_CORETYPE:-}" ] || [ -n "${NPY_DISABLE_CPU_FEATURES:-}" ]; then
  echo "The engine's tests, with the kernels of this processor"
  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE -u NPY_DISABLE_CPU_FEATURES "$python" "${tests[@]}"
fi

mapfile -t older < <(env -u NPY_DISABLE_CPU_FEATURES "$python" scripts/other_processors.py)
if [ -z "${older[*]}" ]; then
  echo "The engine's tests: no older kind of processor to try here"
  exit 0
fi
echo "The engine's tests, with ${older[*]}"
env "${older[@]}" "$python" "${tests[@]}"

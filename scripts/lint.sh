#!/bin/sh
# Style, format and types. The engine's types are strict.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

$python -m ruff check .
$python -m ruff format --check .
$python -m mypy --strict rnn_core
$python -m mypy app.py serving rnn_views pages scripts benchmarks examples
scripts/lint_js.sh

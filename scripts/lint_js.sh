#!/bin/sh
# Style, format and types of the browser code, where there is node; in CI there must be.
set -eu
cd "$(dirname "$0")/.."
tools=node_modules/.bin
PATH=.venv/bin:$PATH

status=0
scripts/setup_js.sh || status=$?
if [ "$status" = 3 ]; then
    echo "JavaScript: not checked, there is no node 20.19 or newer with npm here." >&2
    [ "${CI:-}" != true ]
    exit
fi
[ "$status" = 0 ] || exit "$status"

$tools/eslint --max-warnings 0 .
$tools/prettier --check --log-level warn .
$tools/tsc --project tsconfig.json

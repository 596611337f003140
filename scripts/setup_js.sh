#!/bin/sh
# Sets up node_modules, the tools that check the browser code. The app itself needs no node.
# Does nothing when package-lock.json has not changed since last time.
# Ends with 3 where node is missing or too old.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.installed

recent() {  # are npm and a node that ESLint runs on here?
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)
    ' 2>/dev/null
}

wanted() {  # what the stamp must say: this very lock file
    cksum < package-lock.json
}

missing() {
    ! command -v node >/dev/null || ! command -v npm >/dev/null
}

if ! recent; then
    if missing && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        echo "Installing nodejs and npm …"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null || true
    fi
    recent || exit 3
fi
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ]; then
    exit 0
fi
echo "Installing package-lock.json (some seconds, only when it changed) …"
npm ci --silent --no-audit --no-fund
wanted > "$stamp"

#!/bin/sh
# Sets up .venv for running (scripts/setup.sh runtime) or for developing (… dev).
# Does nothing when the requirements have not changed since last time.
set -eu
cd "$(dirname "$0")/.."

kind=${1:?runtime or dev}
case $kind in
    runtime) requirements=requirements.txt ;;
    dev) requirements=requirements-dev.txt ;;
    *) echo "scripts/setup.sh: '$kind' is neither runtime nor dev" >&2; exit 2 ;;
esac
stamp=.venv/.installed-$kind

wanted() {  # what the stamp must say: these very requirements
    cat requirements.txt "$requirements" | cksum
}

recent() {  # is this a Python 3.11 or newer that starts?
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if recent "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv; ensurepip.version()' 2>/dev/null
}

install_debian_packages() {  # true if this is a Debian where we may install, and it worked
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    echo "Installing $* …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

give_up() {
    printf '%s\n' "$@" >&2
    exit 1
}

if recent .venv/bin/python && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ]; then
    exit 0
fi

if ! recent .venv/bin/python || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    if [ -z "$python" ]; then
        install_debian_packages python3 python3-venv || true
        python=$(find_python)
        [ -n "$python" ] || give_up \
            "Unrolled needs Python 3.11 or newer; none was found (tried python3, python3.11 … python3.14)." \
            "Install one (Debian: sudo apt install python3 python3-venv; others: https://www.python.org)," \
            "or name it: make run PYTHON=/path/to/python3"
    fi
    if ! can_make_environments "$python"; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        install_debian_packages "python$version-venv" || true
        can_make_environments "$python" || give_up \
            "$python cannot make virtual environments: its venv module is missing." \
            "Install it (Debian: sudo apt install python$version-venv) and try again."
    fi
    echo "Setting up .venv with $python …"
    "$python" -m venv --clear .venv
fi

echo "Installing $requirements (about a minute, only when it changed) …"
rm -f .venv/.installed-*
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
wanted > "$stamp"
if [ "$kind" = dev ]; then  # which includes what running needs
    cat requirements.txt requirements.txt | cksum > .venv/.installed-runtime
fi

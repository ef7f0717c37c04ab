#!/bin/sh
# Finds what the Makefile needs, or says in one sentence what is missing and what to do.
#   needs.sh python    prints a Python of at least 3.11 that can make virtual environments
#   needs.sh node      checks Node 20 or newer, and npm
#   needs.sh chromium  checks Chromium, and installs it where that can be done without asking
set -eu

missing() {
    echo "✗ $1" >&2
    exit 1
}

python() {
    for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
        "$name" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
            missing "$name has no venv module: on Debian and Ubuntu, apt-get install python3-venv; then run make again."
        echo "$name"
        return
    done
    missing "Python 3.11 or newer is needed and was not found: install it (https://python.org), or say PYTHON=/path/to/python."
}

node() {
    version=$(command node --version 2>/dev/null) ||
        missing "Node 20 or newer is needed and was not found: install it from https://nodejs.org, then run make again."
    major=${version#v}
    [ "${major%%.*}" -ge 20 ] || missing "Node 20 or newer is needed, this one is $version: update it from https://nodejs.org."
    command -v npm >/dev/null || missing "npm is needed and was not found: it comes with Node from https://nodejs.org."
}

chromium() {
    for name in "${ALGORAVE_CHROMIUM:-chromium}" chromium; do
        command -v "$name" >/dev/null && return
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "   installing Chromium with apt-get …"
        export DEBIAN_FRONTEND=noninteractive
        if apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; then return; fi
    fi
    missing "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium), then run make again."
}

case ${1:-} in
python | node | chromium) "$1" ;;
*) missing "needs.sh knows python, node and chromium." ;;
esac

#!/bin/sh
# Opens JupyterLab on a notebook; prints the address where there is no display to open a browser on.
#   lab.sh <folder with jupyter> <notebook>
set -eu
bin=$1 notebook=$2
set --
[ "$(id -u)" != 0 ] || set -- "$@" --allow-root
if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    set -- "$@" --no-browser
    echo "== JupyterLab: there is no display here, open the address below in a browser (Ctrl+C stops)"
else
    echo "== JupyterLab opens in your browser (Ctrl+C here stops it)"
fi
exec "$bin/jupyter" lab "$@" "$notebook"

#!/bin/sh
# Measures this engine against other CPU frameworks. Makes .venv-peers beside Package.swift on first use.
# Usage: Benchmarks/peers/run.sh [arguments of peers.py; see README.md]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="$root/.venv-peers"
stamp="$venv/requirements.installed"
command -v g++ >/dev/null || { echo "run.sh: torch.compile needs g++ (apt-get install g++)" >&2; exit 1; }
if ! cmp -s "$here/requirements.txt" "$stamp"; then
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$stamp"
fi
exec "$venv/bin/python" "$here/peers.py" "$@"

#!/bin/sh
# Makes .venv from the locks: `deploy/bootstrap.sh PYTHON`, from the repository's root.
set -eu

python=$1
said=$(mktemp)
trap 'rm -f "$said"' EXIT

give_up() {
    printf 'waymark: %s\n' "$1" >&2
    exit 1
}

full() {
    give_up "the disk that holds $PWD is full: free 1 GB and run make again."
}

# Runs a step on the terminal, for its progress; when it fails, once more to learn what to say about it.
step() {
    "$@" && return
    [ "$(df -Pk . | awk 'NR == 2 { print $4 }')" -gt 102400 ] || full
    "$@" >"$said" 2>&1 || explain "$*"
}

explain() {
    if grep -qiE 'no space left|disk quota' "$said"; then
        full
    elif grep -qiE 'permission denied|read-only file' "$said"; then
        give_up "$PWD cannot be written: make it yours, or clone Waymark into a folder that is."
    elif grep -qiE 'resolution|connection|connect error|timed out|unreachable|dns error|no matching distribution' "$said"; then
        give_up "the package index cannot be reached: check this machine's network and run make again."
    fi
    cat "$said" >&2
    give_up "setting up stopped at '$1': read the lines above, then run make again."
}

has_venv() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null
}

# Debian keeps this part of its Python in a package of its own: root may bring it, anybody else is told to.
bring_venv() {
    if [ "$(command -v "$python")" = /usr/bin/python3 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "waymark: bringing python3-venv, which Debian keeps apart from Python" >&2
        apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends python3-venv >&2 || true
    fi
}

command -v "$python" >/dev/null || give_up "Python 3.11 or later is needed: install it, or name one: make PYTHON=/path/to/python3."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    give_up "Python 3.11 or later is needed, this is $("$python" -V): name another: make PYTHON=/path/to/python3."
has_venv || bring_venv
has_venv ||
    give_up "Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv) and run make again."
[ -w . ] || give_up "$PWD cannot be written: make it yours, or clone Waymark into a folder that is."

[ -x .venv/bin/pip ] || step "$python" -m venv --clear .venv
step .venv/bin/python -m pip install --disable-pip-version-check --retries 2 --require-hashes -r deploy/bootstrap.lock
# Compiled once here: each of the services' processes would do it again where Python is told to write no bytecode.
step .venv/bin/uv pip sync --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
set -- libs/* services/* simulator deploy
for package in "$@"; do
    shift
    set -- "$@" -e "$package"
done
step .venv/bin/uv pip install --python .venv/bin/python --quiet --no-deps --no-build-isolation "$@"
step .venv/bin/uv pip check --python .venv/bin/python
step .venv/bin/python -m compileall -q libs services simulator deploy
touch .venv/stamp

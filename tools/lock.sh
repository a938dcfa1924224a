#!/bin/sh
# Writes the lock files: Linux and macOS, Python 3.11 and newer, hashes, and no address of any index.
# UPGRADE=--upgrade also takes newer versions; without it only what pyproject.toml demands changes.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || command -v .venv/bin/uv) || { echo "make lock needs uv: .venv/bin/python -m pip install uv" >&2; exit 2; }
lock() {
  "$uv" pip compile --quiet ${UPGRADE:-} --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-header --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}
lock pyproject.toml --output-file requirements.lock
lock pyproject.toml --extra dev --constraints requirements.lock --output-file requirements-dev.lock
lock clients/python/pyproject.toml --output-file clients/python/requirements.lock
if grep -nE '://|^--|^-[if] ' requirements.lock requirements-dev.lock clients/python/requirements.lock; then
  echo "a lock file holds an address or an option" >&2
  exit 1
fi

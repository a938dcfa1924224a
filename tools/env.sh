#!/bin/sh
# Makes or renews the environment in .venv and does nothing where it is up to date.
#   tools/env.sh run   what the hub needs        tools/env.sh dev   and what working on it needs
#   tools/env.sh clients   what makes and tries the Python client, in clients/python/.venv: a world of its own
# Packages come from wherever this machine's pip is set up to look; the lock files hold their hashes.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
home=.venv
case $kind in
  run) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  clients) lock=clients/python/requirements.lock home=clients/python/.venv ;;
  *) echo "tools/env.sh run|dev|clients" >&2; exit 2 ;;
esac
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0

# say INDONESIAN ENGLISH
say() { printf '%s\n%s\n' "$1" "$2" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; }
has() { "$1" -c "import $2" 2>/dev/null; }

# The first Python that is new enough, preferably one that can make a whole environment by itself.
find_python() {
  python=
  for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
    path=$(command -v "$name") && new_enough "$path" || continue
    python=${python:-$path}
    if has "$path" ensurepip; then
      python=$path
      return
    fi
  done
  if [ -z "$python" ]; then
    say "Diperlukan Python 3.11 atau yang lebih baru. Pasang dahulu, lalu jalankan lagi perintah yang sama." \
      "Python 3.11 or newer is needed. Install it, then run the same command again."
    exit 2
  fi
}

make_venv() {
  if has "$python" ensurepip; then
    "$python" -m venv "$home"
  elif has "$python" venv && { has "$python" pip || command -v uv >/dev/null; }; then
    "$python" -m venv --without-pip "$home"
  elif has "$python" virtualenv; then
    "$python" -m virtualenv --quiet "$home"
  elif command -v virtualenv >/dev/null; then
    virtualenv --quiet --python "$python" "$home"
  else
    package=python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    say "Python di komputer ini belum lengkap: modul ensurepip tidak ada. Pasang paket python3-venv (atau $package)," \
      "Python on this machine is incomplete: it has no ensurepip. Install the package python3-venv (or $package),"
    say "misalnya: sudo apt install python3-venv   Lalu jalankan lagi perintah yang sama." \
      "for example: sudo apt install python3-venv   Then run the same command again."
    exit 2
  fi
}

# With the environment's own pip, else that of the system, else uv.
install() {
  if has "$home/bin/python" pip; then
    "$home/bin/python" -m pip install -qq --no-deps --require-hashes -r "$1"
  elif has "$python" pip; then
    "$python" -m pip --python "$home/bin/python" install -qq --no-deps --require-hashes -r "$1"
  else
    uv pip install --quiet --python "$home/bin/python" --no-deps --require-hashes -r "$1"
  fi
}

# The packages of this checkout, by a path that survives any name of its folder, and the command `hub`.
link_checkout() {
  for packages in .venv/lib/python3.*/site-packages; do
    echo ../../../.. >"$packages/kecamatan-hub.pth"
  done
  cat >.venv/bin/hub <<'HUB'
#!/bin/sh
exec "$(dirname "$0")/python" -P -c 'from hub.entrypoints.cli import app; app(prog_name="hub")' "$@"
HUB
  chmod 755 .venv/bin/hub
}

case $kind in
  clients) base=clients locks=$lock ;;
  *) base=run locks="requirements.lock requirements-dev.lock" ;;
esac
# shellcheck disable=SC2086  # a list of files
wanted="$PWD $(cat $locks tools/env.sh | cksum)"
stamped() { [ "$(cat "$home/stamp-$1" 2>/dev/null)" = "$wanted" ]; }

usable() { stamped "$base" && "$home/bin/python" -c '' 2>/dev/null; }

if usable && stamped "$kind"; then
  exit 0
fi
find_python
if ! usable; then
  rm -rf "$home"
  make_venv
fi
say "Memasang paket ke $home (sekali saja, sekitar satu menit)." \
  "Installing packages into $home (once, about a minute)."
install "$lock"
[ "$base" = clients ] || link_checkout
echo "$wanted" >"$home/stamp-$base"
echo "$wanted" >"$home/stamp-$kind"

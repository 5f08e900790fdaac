# shellcheck shell=bash
# What the scripts beside this file share. Source it, do not run it.
set -euo pipefail
umask 022

ROOT="$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." >/dev/null && pwd)"
DATA="$ROOT/.data"
ENV_FILE="$DATA/env"
PROGRAM="scripts/${0##*/}"
# The caller's choice of interpreter and folder must not leak into ours.
unset VIRTUAL_ENV UV_PROJECT UV_PYTHON PYTHONHOME PYTHONPATH CDPATH

say() { printf '· %s\n' "$*"; }
warn() { printf '! %s\n' "$*" >&2; }
die() {
  printf '%s: %s\n' "$PROGRAM" "$*" >&2
  exit 1
}
misused() {
  printf '%s: %s\n\n' "$PROGRAM" "$1" >&2
  usage >&2
  exit 2
}
have() { command -v "$1" >/dev/null 2>&1; }
random_hex() { od -An -v -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# only_help ARG...: for scripts without options
only_help() {
  case "${1:-}" in
    "") ;;
    -h | --help) usage && exit 0 ;;
    *) misused "unknown argument: $1" ;;
  esac
}

# data_folder: .data/ exists and is ours. Two users taking turns would lock each other out.
data_folder() {
  mkdir -p "$DATA" || die "cannot write to $ROOT"
  [[ -O $DATA ]] ||
    die ".data belongs to $(stat -c %U "$DATA"), who ran these scripts before: run them as that user, or remove .data"
  chmod 755 "$DATA"
  mkdir -p "$DATA/run"
  install -d -m 700 "$DATA/log" # logs name people
}

# close_files: before starting something that outlives us, so that it holds no lock and no pipe.
# 255 is bash's own, and closed by exec.
close_files() {
  local fd
  for fd in "/proc/$BASHPID/fd/"*; do
    fd="${fd##*/}"
    if ((fd > 2 && fd != 255)); then exec {fd}>&-; fi
  done
}

# with_lock NAME COMMAND...: one at a time in this folder
with_lock() {
  local file="$DATA/run/$1.lock"
  shift
  {
    flock -n 9 || { say "waiting for another script in this folder" && flock 9; }
    "$@"
  } 9>"$file"
}

# env_get KEY: a value kept in .data/env; empty if there is none
env_get() {
  [[ -f $ENV_FILE ]] || return 0
  sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1
}

# env_set KEY VALUE: keep a value in .data/env; other lines stay as they are
env_set() {
  local next="$ENV_FILE.new"
  (
    umask 077
    { [[ ! -f $ENV_FILE ]] || grep -v "^$1=" "$ENV_FILE" || true; } >"$next"
    printf '%s=%s\n' "$1" "$2" >>"$next"
  )
  mv -f "$next" "$ENV_FILE"
}

# env_default KEY VALUE: the same, unless the key is there already
env_default() { [[ -n "$(env_get "$1")" ]] || env_set "$1" "$2"; }

# env_load: export what .data/env says; what the caller's environment says wins
env_load() {
  local line key value
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^([A-Z][A-Z0-9_]*)=(.*)$ ]] || continue
    key="${BASH_REMATCH[1]}" value="${BASH_REMATCH[2]}"
    [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]] && value="${BASH_REMATCH[1]}"
    [[ -n ${!key:-} ]] || export "$key=$value"
  done <"$ENV_FILE"
}

# own_database: is it for us to run the database? No, if the caller names one in DATABASE_URL,
# unless that is ours, read from .data/env earlier (same user and password; the port may have moved).
own_database() {
  local kept
  kept="$(env_get DATABASE_URL)"
  [[ -z ${DATABASE_URL:-} || ${DATABASE_URL%@*} == "${kept%@*}" ]]
}

# shellcheck source=scripts/lib/install.sh
. "$ROOT/scripts/lib/install.sh"
# shellcheck source=scripts/lib/cluster.sh
. "$ROOT/scripts/lib/cluster.sh"
# shellcheck source=scripts/lib/processes.sh
. "$ROOT/scripts/lib/processes.sh"

# shellcheck shell=bash
# Private PostgreSQL clusters: "postgres" for scripts/up, "test-postgres" for tests.
# A cluster's home holds data/, port, password, settings.conf and server.log. It is .data/NAME, or a
# folder in /var/lib that .data/NAME links to when the server's user cannot enter this clone.

FIRST_PORT=54320

# cluster_at NAME: where that cluster lives and who owns it (CL_NAME, CL_HOME, CL_DATA, CL_OWNER)
cluster_at() {
  CL_NAME="$1" CL_HOME="$DATA/$1" CL_OWNER=""
  if [[ $EUID -eq 0 ]]; then CL_OWNER=postgres; fi # initdb refuses root
  if [[ -L $CL_HOME ]]; then
    CL_HOME="$(readlink -m "$CL_HOME")"
  elif [[ ! -e $CL_HOME && -n $CL_OWNER ]] && ! as_owner test -x "$DATA"; then
    CL_HOME="/var/lib/wangge/$(printf %s "$ROOT" | sha256sum | cut -c 1-12)/$1"
  fi
  CL_DATA="$CL_HOME/data"
}

# as_owner COMMAND...: as the cluster's user, with nothing of the caller's environment
as_owner() (
  cd /
  close_files
  clean=(env -i PATH=/usr/bin:/bin LC_ALL=C)
  if [[ -n $CL_OWNER ]]; then exec runuser -u "$CL_OWNER" -- "${clean[@]}" "$@"; fi
  exec "${clean[@]}" "$@"
)

# cluster_pid: the running server's process; false if there is none, or if postmaster.pid is
# a left-over whose number belongs to some other process by now. ("return 0", because a bare
# "return" inside an EXIT trap hands back the status from before the trap.)
cluster_pid() {
  local pid="" arg
  { read -r pid <"$CL_DATA/postmaster.pid"; } 2>/dev/null || return 1
  [[ $pid =~ ^[0-9]+$ && -d /proc/$pid ]] || return 1
  if [[ /proc/$pid/cwd -ef $CL_DATA ]]; then
    echo "$pid"
    return 0
  fi
  while IFS= read -r -d '' arg; do
    if [[ $arg == "$CL_DATA" ]]; then
      echo "$pid"
      return 0
    fi
  done 2>/dev/null <"/proc/$pid/cmdline"
  return 1
}

# cluster_bin: programs of the release that made the data, or of the newest one for a new cluster
cluster_bin() {
  local newest major
  newest="$(postgres_majors | head -n 1)"
  major="$(cat "$CL_DATA/PG_VERSION" 2>/dev/null || echo "$newest")"
  if [[ ! -x /usr/lib/postgresql/$major/bin/postgres ]]; then
    [[ $CL_NAME == test-* ]] ||
      die "the data in .data/$CL_NAME was made by PostgreSQL $major, which is not here any more:
install postgresql-$major-postgis-3, or start afresh with scripts/up --reset"
    rm -rf "$CL_DATA"
    major="$newest"
  fi
  CL_BIN="/usr/lib/postgresql/$major/bin"
}

# cluster_folder: the home exists and belongs to the server's user
cluster_folder() {
  if [[ -z $CL_OWNER ]]; then
    install -d -m 700 "$CL_HOME"
    return 0
  fi
  id "$CL_OWNER" >/dev/null 2>&1 || die "there is no user $CL_OWNER to run PostgreSQL as (root may not)"
  if [[ $CL_HOME != "$DATA/$CL_NAME" ]]; then
    [[ ! -d $CL_DATA || -L $DATA/$CL_NAME ]] || say "using $CL_HOME, left by an earlier clone in this folder"
    install -d -m 755 "$(dirname "$CL_HOME")"
    ln -sfn "$CL_HOME" "$DATA/$CL_NAME"
  fi
  install -d -m 700 -o "$CL_OWNER" "$CL_HOME"
  as_owner test -x "$CL_HOME" || die "the user $CL_OWNER cannot reach $CL_HOME: a folder above it is closed to others"
}

# cluster_init: data/ appears whole or not at all
cluster_init() {
  local locale=C password="$CL_HOME/password"
  [[ ! -d $CL_DATA ]] || return 0
  say "creating a PostgreSQL cluster in .data/$CL_NAME"
  if locale -a 2>/dev/null | grep -qiE '^C\.utf-?8$'; then locale=C.UTF-8; fi
  rm -rf "$CL_HOME/data.new"
  install -m 600 ${CL_OWNER:+-o "$CL_OWNER"} /dev/null "$password"
  random_hex 24 >"$password"
  as_owner "$CL_BIN/initdb" -D "$CL_HOME/data.new" --username=postgres --pwfile="$password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale="$locale" >"$DATA/log/initdb.log" 2>&1 || {
    tail -n 20 "$DATA/log/initdb.log" >&2 || true
    die "initdb failed"
  }
  echo "include = '../settings.conf'" >>"$CL_HOME/data.new/postgresql.conf"
  mv "$CL_HOME/data.new" "$CL_DATA"
}

# cluster_settings PORT: for one small machine; durability is off where all data is disposable
cluster_settings() {
  {
    echo "listen_addresses = '127.0.0.1'"
    echo "port = $1"
    echo "unix_socket_directories = ''"
    echo "max_connections = 200"
    echo "shared_buffers = 256MB"
    echo "max_wal_size = 2GB"
    echo "wal_compression = on"
    echo "random_page_cost = 1.1"
    echo "jit = off"
    echo "timezone = 'UTC'"
    echo "log_timezone = 'UTC'"
    if [[ $CL_NAME == test-* ]]; then printf '%s = off\n' fsync synchronous_commit full_page_writes; fi
  } >"$CL_HOME/settings.conf"
  echo "$1" >"$CL_HOME/port"
}

# cluster_launch: start the server, on its port of last time if that is still free
cluster_launch() {
  local port log="$CL_HOME/server.log"
  for _ in 1 2 3 4 5; do
    if cluster_pid >/dev/null; then return 0; fi
    rm -f "$CL_DATA/postmaster.pid" # not a server of ours: killed, or the machine was restarted
    port="$(cat "$CL_HOME/port" 2>/dev/null || true)"
    port_free "${port:-0}" || port="$(free_port "$FIRST_PORT")"
    cluster_settings "$port"
    if as_owner "$CL_BIN/pg_ctl" -D "$CL_DATA" -l "$log" -w -t 120 -s start \
      >"$DATA/log/pg_ctl.log" 2>&1 </dev/null; then
      return 0
    fi
    sleep 1 # a killed server's children may need a moment to go
  done
  return 1
}

cluster_broken() {
  tail -q -n 10 "$DATA/log/pg_ctl.log" "$CL_HOME/server.log" >&2 || true
  die "PostgreSQL does not start (its log: .data/$CL_NAME/server.log)"
}

# cluster_start NAME: it runs afterwards, and CL_URL is its superuser's address without a database
cluster_start() {
  local name
  for name in "${!PG@}"; do unset "$name"; done # libpq's settings of the caller are for other servers
  cluster_at "$1"
  with_lock "$1" cluster_ensure
}

cluster_ensure() {
  cluster_bin
  cluster_folder
  cluster_init
  if ! cluster_launch; then
    [[ $CL_NAME == test-* ]] || cluster_broken
    say "the test cluster is damaged (it runs without fsync); making a new one"
    rm -rf "$CL_DATA"
    cluster_init
    cluster_launch || cluster_broken
  fi
  CL_PORT="$(<"$CL_HOME/port")"
  # shellcheck disable=SC2034 # for the callers
  CL_URL="postgresql://postgres:$(<"$CL_HOME/password")@127.0.0.1:$CL_PORT"
}

# cluster_stop NAME: false if it was not running
cluster_stop() {
  local pid signal
  cluster_at "$1"
  pid="$(cluster_pid)" || return 1
  for signal in INT QUIT; do # fast, then without a checkpoint
    kill -s "$signal" "$pid" 2>/dev/null || true
    for _ in {1..600}; do
      cluster_pid >/dev/null || return 0
      sleep 0.1
    done
  done
  die "the PostgreSQL server of .data/$1 (process $pid) does not stop"
}

# cluster_remove NAME: stop it and delete its data
cluster_remove() {
  cluster_stop "$1" || true
  case "$CL_HOME" in
    "$DATA/$1" | /var/lib/wangge/*/"$1") rm -rf -- "$CL_HOME" "${DATA:?}/${1:?}" ;;
    *) die ".data/$1 leads to $CL_HOME, which is not for this script to delete" ;;
  esac
}

# psql_super DATABASE ARG...: SQL on standard input, as the superuser of the started cluster
psql_super() {
  local database="$1"
  shift
  env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 PGPASSWORD="$(<"$CL_HOME/password")" \
    WANGGE_OWNER_PASSWORD="${OWNER_PASSWORD:-}" PGOPTIONS='-c client_min_messages=warning' \
    "$CL_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$CL_PORT" -U postgres -d "$database" "$@" >/dev/null
}

# database_make DATABASE PASSWORD: an empty or existing database, its owner, its extensions
database_make() {
  OWNER_PASSWORD="$2" psql_super postgres -v database="$1" <"$ROOT/scripts/database.sql" ||
    die "could not prepare the database $1"
}

# test_cluster_open: start the test cluster; the last script that uses it stops it on its way out
test_cluster_open() {
  exec 8>"$DATA/run/test-users.lock"
  flock -s 8
  trap test_cluster_close EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  cluster_start test-postgres
}

test_cluster_close() {
  if flock -xn 8; then cluster_stop test-postgres || true; fi
}

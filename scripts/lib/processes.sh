# shellcheck shell=bash
# Processes that outlive a script. .data/run/NAME.pid holds number and start time: together they
# name one process, even after its number was given to another.

# port_free PORT: can it be listened on? 13 means that only root may
port_free() {
  "$PYTHON" -I -S -c '
import socket, sys
port, listener = int(sys.argv[1]), socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    port or sys.exit(1)
    listener.bind(("127.0.0.1", port))
except OSError as problem:
    sys.exit(problem.errno)
' "$1"
}

# free_port FROM: the first one from there upward
free_port() {
  local port
  for ((port = $1; port < 65536; port++)); do
    if port_free "$port"; then
      echo "$port"
      return 0
    fi
  done
  die "no free port above $1"
}

# start_time PID: ticks since boot; false if there is no such process or it is a zombie
start_time() {
  local stat
  { stat="$(<"/proc/$1/stat")"; } 2>/dev/null || return 1
  local -a field
  read -ra field <<<"${stat##*) }"
  [[ ${field[0]} != Z ]] && echo "${field[19]}"
}

# process_pid NAME: the number of a process that we started, if it lives and runs out of this .venv
process_pid() {
  local pid="" began="" arg
  { read -r pid began <"$DATA/run/$1.pid"; } 2>/dev/null || return 1
  [[ $pid =~ ^[0-9]+$ && "$(start_time "$pid")" == "$began" ]] || return 1
  while IFS= read -r -d '' arg; do
    if [[ $arg == "$ROOT/.venv/bin/"* ]]; then
      echo "$pid"
      return 0
    fi
  done 2>/dev/null <"/proc/$pid/cmdline"
  return 1
}

# process_start NAME COMMAND...: in the background, in its own session, its words in .data/log/NAME.log
process_start() {
  local name="$1" log="$DATA/log/$1.log"
  shift
  if [[ -f $log ]]; then mv -f "$log" "$log.1"; fi
  (
    cd "$ROOT" || exit
    close_files
    exec setsid "$@"
  ) >"$log" 2>&1 </dev/null &
  echo "$! $(start_time "$!")" >"$DATA/run/$name.pid"
}

# process_stop NAME: gracefully, then not; false if it was not running
process_stop() {
  local pid
  pid="$(process_pid "$1")" || {
    rm -f "$DATA/run/$1.pid"
    return 1
  }
  kill -s TERM "$pid" 2>/dev/null || true
  for _ in {1..200}; do
    process_pid "$1" >/dev/null || break
    sleep 0.1
  done
  kill -s KILL -- "-$pid" 2>/dev/null || true # what is left of its group
  rm -f "$DATA/run/$1.pid"
}

# http_ok PORT PATH: does this machine answer 200 there?
http_ok() (
  exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
  IFS= read -r -t 5 status <&3 && [[ $status == HTTP/*" 200"* ]]
)

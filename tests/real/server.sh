#!/usr/bin/env bash
# Installs, starts and stops the real OpenDecree server with its PostgreSQL and Redis, on free
# loopback ports, all state in one folder. See README.md beside this file.
set -euo pipefail
export LC_ALL=C # initdb refuses a locale that the machine does not have

version=v0.12.0-alpha.5
module=github.com/opendecree/decree
self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
patience=60 # seconds, for a daemon to become ready or to end
grace=10    # seconds from SIGTERM to SIGKILL

# What `up` decides and the later commands need; kept in DIR/state.
bin='' data='' server_env='' postgres_port='' redis_port='' server_port='' second_port='' standby_port=''
standbys='' # data folders

fail() { # exit-code, what
  echo "server.sh: $2" >&2
  exit "$1"
}

# --- installing ------------------------------------------------------------------------------

install_binaries() {
  bin=$(realpath -m "${DECREE_REAL_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/decree-real-server/$version}")
  [ ! -x "$bin/server" ] || [ ! -x "$bin/decree" ] || return 0
  [ -z "${DECREE_REAL_BIN:-}" ] || fail 3 "DECREE_REAL_BIN=$bin holds no executables 'server' and 'decree'"
  command -v go >/dev/null || fail 3 "go is not in PATH; install it, or name a folder that holds the \
executables 'server' and 'decree' in DECREE_REAL_BIN"
  for program in server decree; do
    GOBIN=$bin go install "$module/cmd/$program@$version" >&2 ||
      fail 3 "go install $module/cmd/$program@$version failed, see above; DECREE_REAL_BIN=DIR uses \
the executables 'server' and 'decree' of DIR instead"
  done
}

# Debian keeps PostgreSQL out of PATH, in a folder for each version.
postgres_bin() {
  local initdb
  initdb=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [ -x "$initdb" ] || initdb=$(command -v initdb) || return 1
  dirname "$initdb"
}

have_packages() { postgres_bin && command -v redis-server && command -v redis-cli; } >/dev/null

install_packages() {
  ! have_packages || return 0
  local root=(env DEBIAN_FRONTEND=noninteractive)
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail 3 "PostgreSQL or Redis is missing and there is no sudo; as \
root, run: apt-get install postgresql redis-server"
    root=(sudo "${root[@]}")
  fi
  { "${root[@]}" apt-get update -q && "${root[@]}" apt-get install -q -y postgresql redis-server; } \
    </dev/null >&2 || fail 3 "cannot install the packages postgresql and redis-server, see above"
  have_packages || fail 3 "no initdb in /usr/lib/postgresql/*/bin or no redis-server and redis-cli \
in PATH, although apt-get installed them"
}

# --- processes -------------------------------------------------------------------------------
# `return` always with a number: in a trap it would otherwise return what was before the trap.

# PostgreSQL refuses to run as root.
as_postgres=()
[ "$(id -u)" != 0 ] || as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)

# With none of our caller's files: a test harness waits until everybody has closed its pipes.
exec_daemon() { # command...
  local fd
  for fd in "/proc/$BASHPID/fd/"*; do
    fd=${fd##*/}
    [ "$fd" -le 2 ] || eval "exec $fd>&-"
  done
  exec "$@"
}

# When a process started; nothing for one that has ended, and a zombie has.
birth() { # pid
  local line fields
  line=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  read -ra fields <<<"${line##*) }"
  [ "${fields[0]}" = Z ] || echo "${fields[19]}"
}

detached() { # name, command...
  local name=$1
  shift
  exec_daemon setsid "$@" </dev/null >>"$dir/$name.log" 2>&1 &
  echo "$! $(birth $!)" >"$dir/$name.pid"
  disown # no line from bash when it ends
}

# The number alone may be a stranger's by now.
running() { # name
  local pid born
  read -r pid born 2>/dev/null <"$dir/$1.pid" || return 1
  [ -n "$born" ] && [ "$(birth "$pid")" = "$born" ]
}

ended_within() { # seconds, name
  local deadline=$((SECONDS + $1))
  while running "$2"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.05
  done
}

stop() { # name, signal; its whole group, for initdb has children
  local pid
  if running "$1"; then
    read -r pid _ <"$dir/$1.pid"
    kill "-$2" -- "-$pid" 2>/dev/null || true
    if [ "$2" = TERM ] && ! ended_within $grace "$1"; then
      echo "server.sh: $1 ignores SIGTERM for $grace s, as it does with a stream open; sending SIGKILL" >&2
      kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    ended_within $patience "$1" || fail 1 "$1, process $pid, does not end"
  fi
  rm -f "$dir/$1.pid"
}

# Fails when the process ended, which may be for a port that another one took.
until_ready() { # name
  local deadline=$((SECONDS + patience))
  until "$1_ready" >/dev/null 2>&1; do
    running "$1" || return 1
    [ $SECONDS -lt $deadline ] || failed "$1"
    sleep 0.1
  done
}

failed() { # name
  tail -n 20 "$dir/$1.log" >&2 || true
  fail 1 "$1 failed; the end of its log is above"
}

# --- the three daemons -----------------------------------------------------------------------

database() { echo "postgres://postgres@127.0.0.1:$postgres_port/postgres?sslmode=disable"; }

running_database() { # data
  local pid
  pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && [ -n "$(birth "$pid")" ] &&
    "${as_postgres[@]}" "$(postgres_bin)/pg_ctl" status -s -D "$1" >/dev/null 2>&1
}

# The socket is named relative to the data: a whole path may be longer than a socket's may be.
start_database() { # name, data, port
  (exec_daemon "${as_postgres[@]}" "$(postgres_bin)/pg_ctl" start -s -w -t $patience -D "$2" \
    -o "-p $3 -h 127.0.0.1 -k . -F") </dev/null >>"$dir/$1.log" 2>&1
}

stop_database() { # data
  ! running_database "$1" ||
    "${as_postgres[@]}" "$(postgres_bin)/pg_ctl" stop -s -w -t $patience -D "$1" -m immediate ||
    fail 1 "PostgreSQL in $1 does not stop"
}

running_postgres() { running_database "$data"; }
start_postgres() { start_database postgres "$data" "$postgres_port"; }
stop_postgres() { stop_database "$data"; }

# The newest of the standbys, on the port of the moment.
start_standby() { start_database standby "${standbys##* }" "$standby_port"; }

start_redis() {
  detached redis "${as_postgres[@]}" redis-server --port "$redis_port" --bind 127.0.0.1 \
    --save '' --appendonly no --dir /
  until_ready redis
}

redis_ready() {
  local pid
  read -r pid _ <"$dir/redis.pid"
  timeout 5 redis-cli -p "$redis_port" info server | grep -q "^process_id:$pid\b"
}

# Nothing of the caller's environment: its GRPC_PORT or JWT_ISSUER is not meant for this server.
start_server() { start_process server "$server_port"; }

start_second() { start_process second "$second_port"; }

start_process() { # name, port
  local extra
  read -ra extra <<<"$server_env"
  detached "$1" env -i PATH="$PATH" DB_WRITE_URL="$(database)" REDIS_URL="redis://127.0.0.1:$redis_port" \
    GRPC_PORT="$2" INSECURE_LISTEN=1 LOG_LEVEL=warn "${extra[@]}" "$bin/server"
  until_ready "$1"
}

server_ready() { process_ready server "$server_port"; }

second_ready() { process_ready second "$second_port"; }

process_ready() { # name, port
  local ask=("$bin/decree" --server "127.0.0.1:$2" --insecure --subject server.sh)
  case $server_env in
    *TLS_CERT_FILE=*) ask=(true) ;; # the command line would not trust it
    *JWT_JWKS_URL=*) ask+=(server info) ;; # needs no token
    *) ask+=(schema list) ;;
  esac
  env -i timeout 5 "${ask[@]}" && listens "$1" "$2"
}

# Whether it is ours that answered there, not one that took the port before it.
listens() { # name, port
  local pid inode
  read -r pid _ <"$dir/$1.pid"
  inode=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port="$(printf ':%04X' "$2")" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }')
  find "/proc/$pid/fd" -lname "socket:\[$inode\]" | grep -q .
}

# --- commands --------------------------------------------------------------------------------

save() {
  local name
  for name in bin data server_env postgres_port redis_port server_port second_port standby_port standbys; do
    printf '%s=%q\n' $name "${!name}"
  done >"$dir/state"
}

load() {
  [ -f "$dir/state" ] || fail 2 "$dir has no file 'state', so it is not from an up of this script; to start, run: server.sh up DIR"
  # shellcheck source=/dev/null
  . "$dir/state"
  server_env=${DECREE_REAL_SERVER_ENV-$server_env}
}

start_on_free_port() { # name
  local port
  for _ in 1 2 3; do # another process may take the port before our daemon does
    until port=$((20000 + RANDOM % 10000)) && ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    printf -v "$1_port" %s "$port"
    save
    "start_$1" && return 0
    grep -qi 'address already in use' "$dir/$1.log" || break
  done
  failed "$1"
}

start() { # name; on the port that it had
  "running_$1" || "start_$1" || failed "$1"
}
running_redis() { running redis; }
running_server() { running server; }
running_second() { running second; }

up() {
  [ -z "$(ls -A "$dir" 2>/dev/null)" ] || fail 2 "$dir is not empty; if it is from an earlier up, \
run: server.sh down $dir"
  install_binaries
  install_packages
  case $dir$bin$self in # DIR/env is read by shells and by simpler programs, whose quoting differs
    *[!A-Za-z0-9/._+@%=,-]*) fail 2 "cannot use a path with a space or a special character: $dir, $bin, $self" ;;
  esac

  mkdir -p "$dir"
  data=$dir/pg
  server_env=${DECREE_REAL_SERVER_ENV:-}
  trap down EXIT
  trap 'exit 130' INT # else bash goes on when the child of the moment handles SIGINT itself
  save
  if [ "$(id -u)" = 0 ]; then
    chmod 711 "$dir"
    # Below a folder that only root may enter, as mktemp -d makes them, PostgreSQL cannot live.
    "${as_postgres[@]}" test -x "$dir" || data=$("${as_postgres[@]}" mktemp -d /tmp/decree-real.XXXXXX)
    save
    mkdir -p "$data"
    chown postgres: "$data"
  fi
  # Detached like a daemon, so that `down` finds it when somebody kills us meanwhile.
  detached initdb "${as_postgres[@]}" "$(postgres_bin)/initdb" -D "$data" -A trust -U postgres \
    -E UTF8 --locale=C -N
  ended_within $patience initdb || failed initdb
  [ -f "$data/PG_VERSION" ] || failed initdb # it clears away what it cannot finish
  start_on_free_port postgres
  env -i "$bin/decree" migrate up --db-url "$(database)" >"$dir/migrate.log" 2>&1 || failed migrate
  start_on_free_port redis
  start_on_free_port server
  cat >"$dir/env" <<END
DECREE_REAL_ADDR=127.0.0.1:$server_port
DECREE_REAL_CLI=$bin/decree
DECREE_REAL_DIR=$dir
DECREE_REAL_SCRIPT=$self
END
  trap - EXIT
}

# Another process of the server, on the same PostgreSQL and Redis.
add_second() {
  [ -z "$second_port" ] || fail 2 "there is a second server already, on port $second_port"
  start_on_free_port second
  echo "DECREE_REAL_SECOND_ADDR=127.0.0.1:$second_port" >>"$dir/env"
}

# A hot standby of PostgreSQL that shows every commit so much later than it was made.
add_standby() { # delay, as PostgreSQL writes it
  local standby
  standby=$data-standby$(wc -w <<<"$standbys")
  standbys="$standbys $standby"
  save
  mkdir -p "$standby"
  [ "$(id -u)" != 0 ] || chown postgres: "$standby"
  chmod 700 "$standby"
  "${as_postgres[@]}" "$(postgres_bin)/pg_basebackup" -h 127.0.0.1 -p "$postgres_port" -U postgres -D "$standby" \
    -c fast -X stream -R >>"$dir/standby.log" 2>&1 || failed standby
  echo "recovery_min_apply_delay = '$1'" >>"$standby/postgresql.auto.conf"
  start_on_free_port standby
  echo "DECREE_REAL_STANDBY_ADDR=127.0.0.1:$standby_port" >>"$dir/env"
}

# What the database holds now, for `restore`.
backup() {
  stop_postgres
  rm -rf "$data-backup"
  cp -a "$data" "$data-backup"
  start postgres
}

restore() {
  [ -d "$data-backup" ] || fail 2 "there is no backup; to make one, run: server.sh backup $dir"
  stop_postgres
  rm -rf "$data"
  cp -a "$data-backup" "$data"
  start postgres
}

down() {
  local standby
  stop server KILL
  stop second KILL
  stop redis KILL
  for standby in $standbys; do stop_database "$standby"; done
  if running initdb; then stop initdb KILL; else stop_postgres; fi
  # shellcheck disable=SC2086 # the paths have no spaces
  rm -rf $standbys "$data" "$data-backup" "$dir"
}

usage="usage: server.sh install | up DIR | down DIR | {stop,start}-{server,second,postgres,redis} DIR | \
stop-{server,second} DIR TERM | add-second DIR | add-standby DIR DELAY | {backup,restore} DIR"
command=${1:-}
case $command in
  install) ;;
  up | down | add-second | add-standby | backup | restore | stop-server | start-server | stop-second | start-second | \
    stop-postgres | start-postgres | stop-redis | start-redis)
    [ -n "${2:-}" ] || fail 2 "$usage"
    dir=$(realpath -m "$2") ;;
  *) fail 2 "$usage" ;;
esac
option=${3:-}
case $command,$option in
  *,) ;;
  stop-server,KILL | stop-server,TERM | stop-second,KILL | stop-second,TERM | add-standby,*) ;;
  *) fail 2 "$usage" ;;
esac
[ -z "${DECREE_REAL_BIN:-}" ] || DECREE_REAL_BIN=$(realpath -m "$DECREE_REAL_BIN")
cd / # which everybody may enter

case $command in
  install) install_binaries; install_packages ;;
  up) up ;;
  # Only what `up` made: a mistaken DIR costs nothing.
  down) [ -z "$(ls -A "$dir" 2>/dev/null)" ] || { load; down; } ;;
  add-second) load; add_second ;;
  add-standby) load; add_standby "${option:-0}" ;;
  backup | restore) load; "$command" ;;
  stop-server | stop-second) load; stop "${command#stop-}" "${option:-KILL}" ;;
  stop-redis) load; stop redis KILL ;;
  stop-postgres) load; stop_postgres ;;
  start-*) load; start "${command#start-}" ;;
esac

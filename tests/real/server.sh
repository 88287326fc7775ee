#!/usr/bin/env bash
# Installs, starts and stops the real OpenDecree server with its PostgreSQL and Redis, on free
# loopback ports, all state in one folder. See README.md beside this file.
set -euo pipefail

version=v0.12.0-alpha.5
module=github.com/opendecree/decree
cache=${XDG_CACHE_HOME:-$HOME/.cache}/decree-real-server
bin=${DECREE_REAL_BIN:-$cache/$version}

fail() { # exit-code, what
  echo "server.sh: $2" >&2
  exit "$1"
}

# --- installing ------------------------------------------------------------------------------

install_binaries() {
  [ -x "$bin/server" ] && [ -x "$bin/decree" ] && return
  [ -z "${DECREE_REAL_BIN:-}" ] || fail 3 "DECREE_REAL_BIN=$bin holds no executables 'server' and 'decree'"
  command -v go >/dev/null || fail 3 "go is not installed, and DECREE_REAL_BIN is not set"
  for program in server decree; do
    GOBIN=$bin go install "$module/cmd/$program@$version" >&2 ||
      fail 3 "go install $module/cmd/$program@$version failed, see above; \
DECREE_REAL_BIN=DIR uses executables 'server' and 'decree' from elsewhere"
  done
}

postgres_bin() {
  local newest
  newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  echo "${newest:-$(dirname "$(command -v initdb 2>/dev/null || echo /missing/initdb)")}"
}

install_packages() {
  [ -x "$(postgres_bin)/initdb" ] && command -v redis-server >/dev/null && return
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  export DEBIAN_FRONTEND=noninteractive
  { "${sudo[@]}" apt-get update -q && "${sudo[@]}" apt-get install -q -y postgresql redis-server; } >&2 ||
    fail 3 "cannot install the packages postgresql and redis-server"
}

# --- small things ----------------------------------------------------------------------------

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Without the caller's pipes, so that whoever reads our output is not kept waiting.
detached() { # log, command...
  local log=$1
  shift
  setsid "$@" </dev/null >>"$log" 2>&1 &
}

free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail 1 "no free port between 20000 and 29999"
}

wait_for() { # what, log, command...
  local what=$1 log=$2
  shift 2
  for _ in $(seq 300); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  tail -n 20 "$log" >&2 || true
  fail 1 "$what did not start within 30 s; the end of $log is above"
}

kill_pid() { # pid-file, signal
  [ -f "$1" ] || return 0
  local pid
  pid=$(cat "$1")
  kill "-$2" "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  rm -f "$1"
}

load() {
  [ -f "$dir/ports" ] || fail 2 "$dir: nothing was started here; run: server.sh up $dir"
  postgres_port='' redis_port='' server_port=''
  # shellcheck source=/dev/null
  . "$dir/ports"
  database="postgres://postgres@127.0.0.1:$postgres_port/postgres?sslmode=disable"
}

# --- the three daemons -----------------------------------------------------------------------

start_postgres() {
  as_postgres "$(postgres_bin)/pg_ctl" start -w -D "$dir/pg" -l "$dir/pg/log" \
    -o "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir/pg -c fsync=off" \
    </dev/null >/dev/null 2>&1 || { tail -n 20 "$dir/pg/log" >&2; fail 1 "PostgreSQL did not start"; }
}

stop_postgres() {
  as_postgres "$(postgres_bin)/pg_ctl" stop -w -m immediate -D "$dir/pg" >/dev/null 2>&1 || true
}

start_redis() {
  detached "$dir/redis.log" redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --dir "$dir" \
    --pidfile "$dir/redis.pid" --daemonize no
  echo $! >"$dir/redis.pid"
  wait_for Redis "$dir/redis.log" redis-cli -p "$redis_port" ping
}

start_server() {
  # shellcheck disable=SC2086 # a list of NAME=VALUE
  detached "$dir/server.log" env DB_WRITE_URL="$database" REDIS_URL="redis://127.0.0.1:$redis_port" \
    GRPC_PORT="$server_port" INSECURE_LISTEN=1 LOG_LEVEL=warn ${DECREE_REAL_SERVER_ENV:-} "$bin/server"
  echo $! >"$dir/server.pid"
  wait_for OpenDecree "$dir/server.log" \
    "$bin/decree" --server "127.0.0.1:$server_port" --insecure --subject probe schema list
}

# --- commands --------------------------------------------------------------------------------

up() {
  install_binaries
  install_packages
  mkdir -p "$dir/pg"
  dir=$(cd "$dir" && pwd)
  [ ! -f "$dir/ports" ] || fail 2 "$dir: already started; run: server.sh down $dir"
  trap 'down' ERR EXIT
  printf 'postgres_port=%s\nredis_port=%s\nserver_port=%s\n' "$(free_port)" "$(free_port)" "$(free_port)" >"$dir/ports"
  load
  chmod 711 "$dir"
  [ "$(id -u)" != 0 ] || chown postgres "$dir/pg"
  as_postgres "$(postgres_bin)/initdb" -D "$dir/pg" -A trust -U postgres >/dev/null
  start_postgres
  "$bin/decree" migrate up --db-url "$database" >"$dir/migrate.log" 2>&1 ||
    { cat "$dir/migrate.log" >&2; fail 1 "the migration failed"; }
  start_redis
  start_server
  cat >"$dir/env" <<END
DECREE_REAL_ADDR=127.0.0.1:$server_port
DECREE_REAL_CLI=$bin/decree
DECREE_REAL_DIR=$dir
DECREE_REAL_SCRIPT=$(cd "$(dirname "$0")" && pwd)/server.sh
END
  trap - ERR EXIT
}

down() {
  kill_pid "$dir/server.pid" KILL
  kill_pid "$dir/redis.pid" KILL
  [ ! -f "$dir/pg/postmaster.pid" ] || stop_postgres
  rm -rf "$dir"
}

command=${1:-help}
dir=${2:-}
case $command in
  install) install_binaries; install_packages; exit ;;
  up | down | stop-server | start-server | stop-postgres | start-postgres | stop-redis | start-redis)
    [ -n "$dir" ] || fail 2 "usage: server.sh $command DIR" ;;
  *) fail 2 "usage: server.sh install | up DIR | down DIR | {stop,start}-{server,postgres,redis} DIR" ;;
esac

case $command in
  up) up ;;
  down) down ;;
  stop-server) load; kill_pid "$dir/server.pid" "${3:-KILL}" ;;
  start-server) load; start_server ;;
  stop-postgres) load; stop_postgres ;;
  start-postgres) load; start_postgres ;;
  stop-redis) load; kill_pid "$dir/redis.pid" KILL ;;
  start-redis) load; start_redis ;;
esac

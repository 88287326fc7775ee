#!/usr/bin/env bash
# Plays the same faults to the official SDKs and to ours, and writes RESULTS.md. Takes about six minutes.
# Needs Rust, Python 3.11 and Go; what else it uses it installs into a folder of its own, or says in
# capitals that it did without.
#
#     tests/rivals/run.sh [SCENARIO]          # only those with that in their name; to stdout
#     tests/rivals/run.sh --ours [SCENARIO]   # only to ours, which fails where it breaks a promise;
#                                             # takes about two minutes, and needs Rust only
#
# DECREE_GO_SDK=DIR takes the Go SDK from its source: DIR holds `api` and `sdk` of its repository.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours=
if [ "${1:-}" = --ours ]; then
  ours=yes
  shift
fi
only=()
[ $# -eq 0 ] || only=(--only "$1")

agents=()
noted=()
notes=("Played on $(date -u +%F).")

agent() { # name, command...
  local name=$1 script=$work/agent-${#agents[@]}
  shift
  { echo '#!/usr/bin/env bash'; printf 'exec'; printf ' %q' "$@"; echo ' "$@"'; } >"$script"
  chmod +x "$script"
  agents+=("$name=$script")
}

without() { # what
  printf '\n!!! %s\n' "$1" >&2
  notes+=("$1")
}

step() { printf '\n=== %s\n' "$*" >&2; }

step "our client, in a crate of its own"
cp -r "$here/rust" "$work/rust"
manifest=$work/rust/Cargo.toml
sed -i "s#\.\./\.\./\.\./decree-runtime#$root/decree-runtime#" "$manifest"
cp "$root/Cargo.lock" "$work/rust/"
# With it tonic gives codes to the reasons of HTTP/2, which users' builds do not have: what passes
# with it may fail there.
features=$(cargo tree -q --manifest-path "$manifest" -p tonic --depth 0 --format '{f}')
if [[ ,$features, == *,server,* ]]; then
  echo "tonic has its feature \`server\`, which a program that only depends on decree-runtime must not have:" >&2
  cargo tree -q --manifest-path "$manifest" -e features -i tonic >&2
  exit 1
fi
cargo build -q --manifest-path "$manifest" --target-dir "$target/outside" >&2
for way in live watcher; do
  agent "decree-runtime \`${way^}\`" "$target/outside/debug/decree-rivals-agent" "$way"
done

play() {
  step "the play"
  cargo run -q -p decree-tests --features rivals --example rivals --manifest-path "$root/Cargo.toml" \
    -- "$@" "${agents[@]}" "${only[@]}" >&2
}

if [ -n "$ours" ]; then
  play --promises
  exit
fi

go_sdk() {
  cp -r "$here/go" "$work/go" && cd "$work/go" || return
  if [ -n "${DECREE_GO_SDK:-}" ]; then
    for module in api sdk/adminclient sdk/configclient sdk/configwatcher sdk/grpctransport sdk/retry; do
      go mod edit -replace "github.com/opendecree/decree/$module=$DECREE_GO_SDK/$module" || return
    done
  fi
  go mod tidy >&2 && go build -o "$work/go-agent" . >&2
}
step "the Go SDK"
if ! command -v go >/dev/null; then
  without "GO SDK NOT PLAYED: go IS NOT INSTALLED"
elif (go_sdk); then
  agent "Go SDK" "$work/go-agent"
  notes+=("The Go SDK discards its log unless it is given a logger; it was given one.")
else
  without "GO SDK NOT PLAYED: ITS MODULES CANNOT BE HAD HERE; DECREE_GO_SDK=DIR TAKES THEM FROM THEIR SOURCE"
fi

python_sdk() {
  python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q --pre opendecree >&2 || return
  "$work/venv/bin/python" -c 'import opendecree' 2>/dev/null || {
    touch "$work/packaging"
    "$work/venv/bin/pip" install -q packaging >&2 && "$work/venv/bin/python" -c 'import opendecree'
  }
}
step "the Python SDK"
if ! command -v python3 >/dev/null; then
  without "PYTHON SDK NOT PLAYED: python3 IS NOT INSTALLED"
elif (python_sdk); then
  agent "Python SDK" "$work/venv/bin/python" "$here/agent.py"
  [ ! -e "$work/packaging" ] ||
    notes+=("After \`pip install\` alone the Python SDK does not import; \`packaging\` was installed beside it.")
else
  without "PYTHON SDK NOT PLAYED: opendecree CANNOT BE INSTALLED HERE"
fi

file=$here/RESULTS.md
[ $# -eq 0 ] || file=$work/results.md
for note in "${notes[@]}"; do noted+=(--note "$note"); done
play --table "$file" "${noted[@]}"
[ $# -eq 0 ] || cat "$file"

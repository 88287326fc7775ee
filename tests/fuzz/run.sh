#!/usr/bin/env bash
# Fuzzes each parser so many times; see CONTRIBUTING.md. What it finds is in tests/fuzz/artifacts.
#
#   tests/fuzz/run.sh [RUNS] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")"

runs=${1:-100000}
shift || true
targets=("${@:-}")
[ -n "${targets[0]}" ] || targets=(text duration decode cache)

cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked >&2 || {
  echo "run.sh: cargo-fuzz is not installed and cannot be" >&2
  exit 3
}

# Coverage is counted by flags that a stable compiler has but does not offer.
export RUSTC_BOOTSTRAP=1
for target in "${targets[@]}"; do
  # There is no unsafe code to watch, so no sanitizer; inputs of up to 4 KiB.
  cargo fuzz run --fuzz-dir . --sanitizer none --release "$target" -- -runs="$runs" -max_len=4096 -print_final_stats=1
done

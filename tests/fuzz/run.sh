#!/usr/bin/env bash
# Fuzzes each parser so many times, beginning with the seeds. What it finds is in artifacts/.
#
#   tests/fuzz/run.sh [RUNS [TARGET...]]
set -euo pipefail
cd "$(dirname "$0")"

runs=${1:-100000}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(text duration decode cache)

if ! cargo fuzz --version >/dev/null 2>&1 && ! cargo install cargo-fuzz --locked >&2; then
  echo "run.sh: cargo-fuzz is not installed, and 'cargo install cargo-fuzz' failed, see above" >&2
  exit 3
fi

# Coverage is counted by flags that a stable compiler has and does not offer.
export RUSTC_BOOTSTRAP=1
for target in "${targets[@]}"; do
  mkdir -p "corpus/$target"
  # No sanitizer: there is no unsafe code to watch.
  cargo fuzz run --fuzz-dir . --sanitizer none "$target" "corpus/$target" "seeds/$target" -- \
    -runs="$runs" -max_len=4096 -verbosity=0 -print_final_stats=1
done

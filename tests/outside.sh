#!/usr/bin/env bash
# The program and the test of the README, byte for byte, as a stranger has them: in a crate of its own
# that depends on axum, tokio and decree-runtime, its tests on tower besides, and on nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The first program behind a line of the README.
program() { # line file
  awk -v line="$1" '$0 == line { found = 1 } !found { next }
    /^```rust/ { inside = 1; next } inside && /^```/ { exit } inside' README.md >"$2"
  [ -s "$2" ] || { echo "README.md: no program behind $1" >&2; exit 1; }
}

for edition in 2021 2024; do
  mkdir -p "$work/$edition/src" "$work/$edition/tests"
  program "# decree for Rust" "$work/$edition/src/main.rs"
  program "## Tests of your program" "$work/$edition/tests/handler.rs"
  cat >"$work/$edition/Cargo.toml" <<END
[package]
name = "outside"
version = "0.0.0"
edition = "$edition"

[dependencies]
axum = "0.8"
tokio = { version = "1", features = ["full"] }
decree-runtime = { path = "$root/decree-runtime", features = ["axum"] }

[dev-dependencies]
decree-runtime = { path = "$root/decree-runtime", features = ["testing"] }
tower = { version = "0.5", features = ["util"] }

[workspace]
END
  cp Cargo.lock "$work/$edition/Cargo.lock"
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}/outside \
    cargo test -q --manifest-path "$work/$edition/Cargo.toml"
  echo "edition $edition: ok"
done

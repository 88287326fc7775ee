#!/usr/bin/env bash
# The program of the README, byte for byte, as a stranger has it: a crate of its own that depends on
# axum, tokio and decree-runtime and on nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for edition in 2021 2024; do
  mkdir -p "$work/$edition/src"
  awk '/^```rust/ { inside = 1; next } /^```/ { exit } inside' README.md >"$work/$edition/src/main.rs"
  [ -s "$work/$edition/src/main.rs" ] || { echo "README.md: no program found" >&2; exit 1; }
  cat >"$work/$edition/Cargo.toml" <<END
[package]
name = "outside"
version = "0.0.0"
edition = "$edition"

[dependencies]
axum = "0.8"
tokio = { version = "1", features = ["full"] }
decree-runtime = { path = "$root/decree-runtime", features = ["axum"] }

[workspace]
END
  cp Cargo.lock "$work/$edition/Cargo.lock"
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}/outside \
    cargo check -q --manifest-path "$work/$edition/Cargo.toml"
  echo "edition $edition: ok"
done

#!/usr/bin/env bash
# What the macro adds to `cargo check`: 200 annotated states against the same types without the macro, and a universe of
# 1,000 states. Prints seconds (the least of three runs) and fails where the first adds 2 s or more.
#
#     tests/compile_time.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
cat >"$work/Cargo.toml" <<TOML
[package]
name = "compile-time"
version = "0.0.0"
edition = "2024"

[dependencies]
transfer-nas = { path = "$root/runtime" }

[workspace]
TOML
cp "$root/rust-toolchain.toml" "$root/Cargo.lock" "$work/"
export CARGO_TARGET_DIR=$work/target

# types COUNT ANNOTATION DOMAIN: structs of five fields, and one struct that holds them all.
types() {
  local i field
  for ((i = 0; i < $1; i++)); do
    printf '%s\npub struct Layer%d {\n' "$2" "$i"
    for field in a b c d e; do printf '    %s\n    pub %s: u32,\n' "$3" "$field"; done
    printf '}\n'
  done
  printf '%s\npub struct Net {\n' "$2"
  for ((i = 0; i < $1; i++)); do printf '    pub l%d: Layer%d,\n' "$i" "$i"; done
  printf '}\n'
}

# The least of three timings of `cargo check`, in seconds.
check() {
  local best=999 start end seconds run
  for run in 1 2 3; do
    touch "$work/src/lib.rs"
    start=$(date +%s.%N)
    cargo check --quiet --manifest-path "$work/Cargo.toml"
    end=$(date +%s.%N)
    seconds=$(awk "BEGIN { print $end - $start }")
    best=$(awk "BEGIN { print ($seconds < $best) ? $seconds : $best }")
  done
  echo "$best"
}

: >"$work/src/lib.rs"
cargo check --quiet --manifest-path "$work/Cargo.toml" # the dependencies, once
domain='#[space(choices = [16, 32, 64, 128])]'
types 40 '' '' >"$work/src/lib.rs"
plain=$(check)
types 40 '#[transfer_nas::search_space]' "$domain" >"$work/src/lib.rs"
annotated=$(check)
added=$(awk "BEGIN { printf \"%.2f\", $annotated - $plain }")
types 200 '#[transfer_nas::search_space]' "$domain" >"$work/src/lib.rs"
large=$(check)
echo "200 states: plain $plain s, annotated $annotated s, added $added s; one universe of 1,000 states: $large s"
awk "BEGIN { exit !($added < 2) }"

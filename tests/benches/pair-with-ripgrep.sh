#!/usr/bin/env bash
# Pairs `donegate check` with ripgrep searching the same tree for the tokens that donegate looks for first.
# Usage: tests/benches/pair-with-ripgrep.sh TREE [RUNS]      needs: rg, a release build of donegate
set -euo pipefail
tree=$(cd "$1" && pwd)
runs=${2:-7}
here=$(cd "$(dirname "$0")/../.." && pwd)
donegate="$here/target/release/donegate"
[ -x "$donegate" ] || { echo "build first: cargo build --release" >&2; exit 2; }
command -v rg >/dev/null || { echo "ripgrep (rg) is not installed" >&2; exit 2; }

seconds() { # the wall time of a command in seconds; its exit code is not judged
  local start end
  start=$(date +%s.%N)
  "$@" >/dev/null 2>&1 || true
  end=$(date +%s.%N)
  echo "$end - $start" | bc -l
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

tokens='express|fastify|fastapi|flask|process\.env|os\.environ|getenv|std::env|os\.Getenv'
a=$(mktemp) b=$(mktemp) r=$(mktemp)
trap 'rm -f "$a" "$b" "$r"' EXIT
"$donegate" check "$tree" --profile service >/dev/null 2>&1 || true
rg -c "$tokens" "$tree" >/dev/null 2>&1 || true
for _ in $(seq "$runs"); do
  one=$(seconds "$donegate" check "$tree" --profile service)
  two=$(seconds rg -c "$tokens" "$tree")
  echo "$one" >>"$a"; echo "$two" >>"$b"; echo "$one / $two" | bc -l >>"$r"
done
printf 'donegate check  median %.3f s\nripgrep         median %.3f s\nratio           median %.2f (pair by pair, %s runs)\n' \
  "$(median <"$a")" "$(median <"$b")" "$(median <"$r")" "$runs"

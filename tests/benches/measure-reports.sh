#!/usr/bin/env bash
# Reads generated reports of hundreds of megabytes: peak memory and speed of `donegate facts`, beside `wc -l`. The speed is that of
# the processor's time, which other work on the machine changes little.
# Usage: tests/benches/measure-reports.sh [DONEGATE]      needs: python3, GNU time, a release build of donegate
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
donegate=$(realpath "${1:-$here/target/release/donegate}")
[ -x "$donegate" ] || { echo "build first: cargo build --release" >&2; exit 2; }
[ -x /usr/bin/time ] || { echo "GNU time is not installed" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

measure() { # what, then the command: seconds of wall and of processor, peak in MB
  local what=$1 wall user peak; shift
  for _ in 1 2 3; do
    /usr/bin/time -f '%e %U %M' -o "$work/time" "$@" >"$work/out" || true
    tail -n 1 "$work/time"
  done | sort -n | head -n 1 >"$work/best"
  read -r wall user peak <"$work/best"
  awk -v what="$what" -v wall="$wall" -v user="$user" -v peak="$peak" -v bytes="$bytes" 'BEGIN {
    printf "%-20s %7.2f s wall %7.2f s user %7.0f MB/s %6.0f MB peak\n", what, wall, user, bytes / 1e6 / (user > 0.01 ? user : 0.01), peak / 1024 }'
}

while read -r area format megabytes; do
  mkdir -p "$work/$format/src/alpha" "$work/$format/alpha"
  touch -d 2020-01-01 "$work/$format/src/alpha/module0.ts" "$work/$format/src/alpha/module0.py"
  python3 "$here/tests/benches/make-reports.py" "$format" "$megabytes" >"$work/$format/report"
  bytes=$(stat -c %s "$work/$format/report")
  measure "donegate $format" "$donegate" facts "$area" --path "$work/$format" --format json --evidence "$area=report"
  grep -q '"state": "found"' "$work/out" || { echo "it was not read:" >&2; tail -n 20 "$work/out" >&2; exit 1; }
  measure "wc -l" wc -l "$work/$format/report"
  rm "$work/$format/report"
done <<'KINDS'
coverage lcov 200
coverage cobertura 100
audit trivy 60
audit dependency-check 60
tests junit 100
KINDS

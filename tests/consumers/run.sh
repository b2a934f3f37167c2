#!/usr/bin/env bash
# Hands donegate's outputs to the programs that people read them with: junitparser, junit2htmlreport, sarif-tools and
# pre-commit from PyPI, a Zod schema written from the TaskOutput's description in Node, and Chromium with axe for the page.
# Needs python3, node, chromium and the registries; `cargo test` does not run it.
#
#   tests/consumers/run.sh [DONEGATE]      the binary; target/release/donegate by default
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
donegate=$(realpath "${1:-$here/../../target/release/donegate}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q junitparser junit2html sarif-tools pre-commit
npm install --silent --no-audit --no-fund --prefix "$work" zod@3 playwright-core axe-core >/dev/null

# A repository with a rule of each outcome.
git init -q -b main repo
cp -r "$here/../../fixtures/service/." repo/
git -C repo add -A
git -C repo -c user.name=t -c user.email=t@example.org commit -qm first
cd repo
rm reports/npm-audit.json
cat > red.yaml <<'YAML'
version: 1
extends: [donegate.yaml]
rules:
  no-app:
    pattern: { files: ["src/**"], forbid: "app" }
YAML
code=0
SOURCE_DATE_EPOCH=1700000000 "$donegate" check --dod red.yaml -q \
  --output junit=out/junit.xml --output sarif=out/it.sarif --output task-output=out/task.json \
  --output json=out/report.json --output gitlab=out/quality.json --output markdown=out/summary.md --output html=out/page.html >/dev/null || code=$?
test "$code" = 1 || { echo "expected exit 1, got $code"; exit 1; }
rules=$(python3 -c 'import json; print(len(json.load(open("out/report.json"))["rules"]))')

echo "== junitparser"
../venv/bin/python - "$rules" <<'PY'
import sys
from junitparser import JUnitXml
xml = JUnitXml.fromfile("out/junit.xml")
cases = [case for suite in xml for case in suite]
assert len(cases) == int(sys.argv[1]), (len(cases), sys.argv[1])
assert xml.failures >= 1 and xml.errors >= 1, (xml.failures, xml.errors)
print(f"{len(cases)} cases, {xml.failures} failures, {xml.errors} errors, {xml.skipped} skipped")
PY
echo "== junit2html"
../venv/bin/junit2html out/junit.xml out/junit.html
grep -q no-app out/junit.html && echo "the page names the failing rule"
echo "== sarif-tools"
../venv/bin/sarif summary out/it.sarif | head -12
echo "== zod"
NODE_PATH="$work/node_modules" node "$here/task-output.cjs" out/task.json
echo "== chromium"
NODE_PATH="$work/node_modules" node "$here/page.cjs" out/page.html
echo "== pre-commit"
cat > .pre-commit-config.yaml <<YAML
repos:
  - repo: local
    hooks:
      - id: donegate
        name: donegate
        entry: $donegate check --staged --stage commit
        language: system
        pass_filenames: false
        always_run: true
YAML
git add -A
../venv/bin/pre-commit run donegate > out/pass.txt 2>&1 && echo "pre-commit passes where the tree is green"
git rm -q --cached .env.example && mv .env.example "$work/"
if ../venv/bin/pre-commit run donegate > out/fail.txt 2>&1; then
  echo "pre-commit let a missing .env.example pass"; cat out/fail.txt; exit 1
fi
grep -q env-example out/fail.txt && echo "pre-commit fails and names the rule"
"$here/ci.sh" "$donegate"
echo "all consumers agree"

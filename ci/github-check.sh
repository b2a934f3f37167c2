#!/usr/bin/env bash
# The step of the GitHub Action: runs `donegate check` with what the inputs say, writes every report and the step's outputs, and
# leaves the verdict to the last step, so that reports are kept whatever it is.
set -euo pipefail
: "${DONEGATE_REPORTS:?where reports go}" "${GITHUB_OUTPUT:?}"
mkdir -p "$DONEGATE_REPORTS"
args=(check "${DONEGATE_PATH:-.}" --stage "${DONEGATE_STAGE:-ci}")
add() { if [ -n "$2" ]; then args+=("$1" "$2"); fi; }
add --dod "${DONEGATE_DOD:-}"
add --profile "${DONEGATE_PROFILE:-}"
add --base "${DONEGATE_BASE:-}"
add --component "${DONEGATE_COMPONENT:-}"
add --baseline "${DONEGATE_BASELINE:-}"
add --attestations "${DONEGATE_ATTESTATIONS:-}"
more=()
read -ra more <<<"${DONEGATE_ARGS:-}" || true
args+=(${more[@]+"${more[@]}"})
for output in junit=donegate.xml sarif=donegate.sarif json=donegate.json html=donegate.html task-output=task-output.json \
  markdown=summary.md; do
  args+=(--output "${output%%=*}=$DONEGATE_REPORTS/${output#*=}")
done
if [ "${DONEGATE_ANNOTATIONS:-true}" = true ]; then args+=(--format github); fi

code=0
donegate "${args[@]}" || code=$?
if [ "${DONEGATE_SUMMARY:-true}" = true ] && [ -f "$DONEGATE_REPORTS/summary.md" ]; then
  cat "$DONEGATE_REPORTS/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
fi
verdict='' headline=''
if [ -f "$DONEGATE_REPORTS/donegate.json" ]; then
  verdict=$(donegate query verdict "$DONEGATE_REPORTS/donegate.json") || verdict=''
  headline=$(donegate query headline "$DONEGATE_REPORTS/donegate.json" | tr '\r\n' '  ') || headline=''
  if [ "$verdict" = null ]; then verdict=''; fi
fi
{
  echo "exit-code=$code"
  echo "verdict=$verdict"
  echo "headline=$headline"
  echo "reports=$DONEGATE_REPORTS"
} >>"$GITHUB_OUTPUT"

#!/usr/bin/env bash
# Puts donegate into a folder: a released binary for this machine, checked by its sha256; else built with cargo from the source.
#
#   DONEGATE_VERSION      the release's tag; what is no tag of a release is built
#   DONEGATE_REPOSITORY   https://github.com/OWNER/donegate
#   DONEGATE_SOURCE       a checkout to build from; else the repository is fetched at the version
#   DONEGATE_BIN          where the binary goes
set -euo pipefail
: "${DONEGATE_BIN:?where the binary goes}"
mkdir -p "$DONEGATE_BIN"

target() {
  case "$(uname -s)/$(uname -m)" in
    Linux/x86_64) echo x86_64-unknown-linux-gnu ;;
    Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-gnu ;;
    Darwin/x86_64) echo x86_64-apple-darwin ;;
    Darwin/arm64) echo aarch64-apple-darwin ;;
    MINGW*/x86_64 | MSYS*/x86_64) echo x86_64-pc-windows-msvc ;;
    *) return 1 ;;
  esac
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

released() {
  local triple archive url work
  [[ "${DONEGATE_VERSION:-}" =~ ^v?[0-9]+\.[0-9]+\.[0-9]+ ]] || return 1
  triple=$(target) || return 1
  case "$triple" in *windows*) archive=donegate-$triple.zip ;; *) archive=donegate-$triple.tar.xz ;; esac
  url="${DONEGATE_REPOSITORY:?where releases are}/releases/download/$DONEGATE_VERSION/$archive"
  work=$(mktemp -d)
  curl -fsSL --retry 3 -o "$work/$archive" "$url" || return 1
  curl -fsSL --retry 3 -o "$work/sum" "$url.sha256" || return 1
  if [ "$(cut -d' ' -f1 "$work/sum")" != "$(sha256 "$work/$archive")" ]; then
    echo "donegate: $archive does not have the sha256 of its release" >&2
    exit 1
  fi
  case "$archive" in
    *.zip) unzip -q "$work/$archive" -d "$work/out" ;;
    *) mkdir "$work/out" && tar -xJf "$work/$archive" -C "$work/out" ;;
  esac
  find "$work/out" -type f \( -name donegate -o -name donegate.exe \) -exec cp {} "$DONEGATE_BIN/" \;
  rm -rf "$work"
}

built() {
  command -v cargo >/dev/null || {
    echo "donegate: there is no release ${DONEGATE_VERSION:-} for this machine, and no cargo to build it with" >&2
    exit 1
  }
  echo "donegate: no release ${DONEGATE_VERSION:-} for this machine: building it" >&2
  local root from
  root=$(mktemp -d)
  if [ -n "${DONEGATE_SOURCE:-}" ]; then
    from=(--path "$DONEGATE_SOURCE")
  else
    from=(--git "${DONEGATE_REPOSITORY:?where the source is}")
    if [[ "${DONEGATE_VERSION:-}" =~ ^v?[0-9] ]]; then from+=(--tag "$DONEGATE_VERSION"); fi
    from+=(donegate)
  fi
  cargo install --locked --quiet --root "$root" "${from[@]}"
  cp "$root"/bin/donegate* "$DONEGATE_BIN/"
  rm -rf "$root"
}

released || built
"$DONEGATE_BIN/donegate" --version

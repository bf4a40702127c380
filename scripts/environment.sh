# Sourced by the other scripts: which tools in which versions, and where they are. Installs nothing.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo_bin="${CARGO_HOME:-$HOME/.cargo}/bin"
[[ -x $cargo_bin/cargo && ":$PATH:" != *":$cargo_bin:"* ]] && PATH="$cargo_bin:$PATH"
PATH="$PWD/node_modules/.bin:$PATH"

# Tools are kept outside the clone, each in a folder of its version: a second clone finds them.
tools_home="${XDG_CACHE_HOME:-$HOME/.cache}/notifeed"

# The version of a crate in Cargo.lock, so that a tool always fits the library it belongs to.
locked_version() {
  awk -v name="$1" '$1 == "name" { this = $3 } $1 == "version" && this == "\"" name "\"" { gsub(/"/, "", $3); print $3; exit }' Cargo.lock
}

declare -A tool_version=(
  [wasm-bindgen-cli]="$(locked_version wasm-bindgen)"
  [wasm-pack]="0.15.1"
  [cargo-deny]="0.20.2"
  [cargo-mutants]="27.1.0"
)
declare -A tool_binary=([wasm-bindgen-cli]=wasm-bindgen [wasm-pack]=wasm-pack [cargo-deny]=cargo-deny [cargo-mutants]=cargo-mutants)

tool_folder() { echo "$tools_home/$1-${tool_version[$1]}"; }

# Is a tool on PATH in just the right version?
tool_on_path() {
  local found
  found="$(command -v "${tool_binary[$1]}")" || return 1
  [[ "$("$found" --version 2>/dev/null)" == *" ${tool_version[$1]}" ]]
}

for tool in "${!tool_version[@]}"; do
  if [[ -d "$(tool_folder "$tool")/bin" ]]; then PATH="$(tool_folder "$tool")/bin:$PATH"; fi
done

# --- The Rust that compiles to wasm: the ordinary toolchain, or the one of Debian's packages (scripts/setup).
wasm_target=wasm32-unknown-unknown
debian_toolchain="$tools_home/rust-debian"

rust_has_wasm() {
  local folder
  [[ ${NOTIFEED_WASM_TOOLCHAIN:-} != debian ]] &&
    folder="$(rustc --print target-libdir --target $wasm_target 2>/dev/null)" && [[ -d $folder ]]
}

# Runs a command with the Rust that can compile to wasm.
with_wasm() {
  if rust_has_wasm; then "$@"; else PATH="$debian_toolchain/bin:$PATH" "$@"; fi
}

export PATH
# No tool of ours calls home.
export WRANGLER_SEND_METRICS=false WRANGLER_SEND_ERROR_REPORTS=false WRANGLER_HIDE_BANNER=true CLOUDFLARE_CF_FETCH_ENABLED=false

# Everything that people read goes to stderr: `make token` prints a token and nothing else.
say() { echo "notifeed: $*" >&2; }
give_up() {
  say "$*"
  exit 1
}

# Runs a command and shows what it printed only if it fails.
quietly() {
  local log
  log="$(mktemp)"
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# step NAME COMMAND…: runs a part and says how it went and how long it took. Goes on after a
# failure, so that one run shows all of them; `finish` ends with 1 if there was any.
failed_steps=()
step() {
  local name="$1" started=$SECONDS
  shift
  say "$name …"
  if "$@"; then
    say "$name: ok ($((SECONDS - started)) s)"
  else
    failed_steps+=("$name")
    say "$name: FAILED ($((SECONDS - started)) s)"
  fi
}
finish() {
  local name
  [[ ${#failed_steps[@]} == 0 ]] && return
  for name in "${failed_steps[@]}"; do say "failed: $name"; done
  exit 1
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  local options=(-q -o Acquire::http::Timeout=30 -o Acquire::Retries=1 -o DPkg::Lock::Timeout=120)
  quietly apt-get "${options[@]}" update && quietly apt-get "${options[@]}" install -y --no-install-recommends "$@"
}

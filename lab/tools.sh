# shellcheck shell=bash
# What ./nightwatch needs beside .NET and Node, unpacked into .nightwatch/tools. Nothing is installed as a service.

azurite_version=3.35.0
cosmos_emulator_version=0.13.4
packages=(prometheus prometheus-alertmanager prometheus-node-exporter)

as_root() { if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi; }

# again COMMAND...: three tries, for registries that stumble.
again() {
  local try
  for try in 1 2 3; do
    "$@" && return 0
    ((try < 3)) && say "  again: $1 (try $try failed)" && sleep $((try * 5))
  done
  return 1
}

need_sdks() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
  [[ $(cd "$root" && dotnet --version 2>/dev/null) == 10.* ]] || fail "the .NET 10 SDK is missing; installed: $(dotnet --list-sdks | tr '\n' ' ')"
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node 20 or newer with npm is missing: https://nodejs.org"
}

install_debs() {
  local name missing=()
  for name in "${packages[@]}"; do
    [[ -x $tools/usr/bin/$name ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "apt is missing, so ${missing[*]} cannot be fetched: put them under $tools/usr/bin, or use --no-lab with PROMETHEUS_URL"
  say "tools: ${missing[*]} from Debian's packages"
  mkdir -p "$tools/debs"
  (
    cd "$tools/debs" || exit 1
    apt-get download -qq "${missing[@]}" 2>/dev/null && exit 0
    as_root apt-get update -qq >/dev/null 2>&1
    again apt-get download -qq "${missing[@]}" 2>&1 | grep -v unsandboxed
    exit "${PIPESTATUS[0]}"
  ) || fail "apt-get could not download ${missing[*]}; run 'apt-get update' as root and try again"
  for name in "${missing[@]}"; do
    dpkg -x "$(find "$tools/debs" -name "${name}_*.deb" | sort -V | tail -n 1)" "$tools" || fail "$name could not be unpacked"
  done
}

# Debian's Alertmanager reads its default template from /usr/share alone, and ends when it is not there. Our unpacked copy reads it from a
# folder that a wrapper opens for it, under a path of the same length, so that nothing has to be written outside .nightwatch.
wrap_alertmanager() {
  local real=$tools/usr/lib/nightwatch/prometheus-alertmanager program=$tools/usr/bin/prometheus-alertmanager
  [[ -x $real ]] && return
  mkdir -p "${real%/*}"
  LC_ALL=C sed 's|/usr/share/prometheus/alertmanager|/proc/self/fd/9///////////////////|g' "$program" >"$real.new"
  [[ $(stat -c %s "$real.new") == "$(stat -c %s "$program")" ]] || fail "alertmanager could not be prepared"
  printf '%s\n' '#!/bin/bash' 'tools=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd -P)' \
    'exec "$tools/usr/lib/nightwatch/prometheus-alertmanager" "$@" 9<"$tools/usr/share/prometheus/alertmanager"' >"$program.new"
  chmod +x "$real.new" "$program.new"
  mv "$real.new" "$real" && mv "$program.new" "$program"
}

has_sqlite() { compgen -G '/usr/lib/*/libsqlite3.so.0' >/dev/null || compgen -G '/usr/lib/libsqlite3.so.0' >/dev/null || compgen -G '/lib/*/libsqlite3.so.0' >/dev/null || compgen -G '/usr/lib64/libsqlite3.so.0' >/dev/null; }

install_sqlite() {
  has_sqlite && return
  command -v apt-get >/dev/null || fail "the SQLite library (libsqlite3.so.0) is missing: install it with the system's package manager"
  say "tools: libsqlite3-0"
  as_root apt-get update -qq >/dev/null 2>&1
  again as_root apt-get install -y -qq --no-install-recommends libsqlite3-0 >/dev/null 2>&1
  has_sqlite || fail "libsqlite3-0 could not be installed; run 'apt-get install libsqlite3-0' as root"
}

install_azurite() {
  grep -qsF "\"version\": \"$azurite_version\"" "$tools/node_modules/azurite/package.json" && [[ -f $tools/node_modules/azurite/dist/src/queue/main.js ]] && return
  say "tools: azurite $azurite_version from npm"
  again npm install --prefix "$tools" --no-audit --no-fund --loglevel=error "azurite@$azurite_version" || fail "npm could not install azurite@$azurite_version"
}

# Of the tests alone: the product's own store is a file.
install_cosmos_emulator() {
  local package=@zeit/cosmosdb-server
  grep -qsF "\"version\": \"$cosmos_emulator_version\"" "$tools/node_modules/$package/package.json" && return
  say "tools: $package $cosmos_emulator_version from npm"
  again npm install --prefix "$tools" --no-audit --no-fund --loglevel=error "$package@$cosmos_emulator_version" || fail "npm could not install $package@$cosmos_emulator_version"
}

install_tools() {
  need_sdks
  mkdir -p "$tools"
  install_debs
  wrap_alertmanager
  install_sqlite
  install_azurite
}

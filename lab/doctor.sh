# shellcheck shell=bash
# ./nightwatch doctor: one line for each thing, with the fix where it is not well.

doctor() { # doctor check|repair: what becomes of the stores
  local sick=0 name
  well() { printf 'ok    %s\n' "$1"; }
  ill() { printf 'FIX   %s\n' "$1"; sick=1; }
  idle() { printf -- '-     %s\n' "$1"; }

  if [[ $(dotnet --version 2>/dev/null) == 10.* ]]; then well ".NET SDK $(dotnet --version)"; else ill ".NET 10 SDK is missing: https://dotnet.microsoft.com/download"; fi
  if command -v node >/dev/null && (($(node -p 'process.versions.node.split(".")[0]') >= 20)); then well "Node $(node --version)"; else ill "Node 20 or newer is missing: https://nodejs.org"; fi
  for name in prometheus promtool prometheus-alertmanager prometheus-node-exporter; do
    if [[ -x $tools/usr/bin/$name ]]; then well "$name"; else ill "$name is missing: ./nightwatch tools"; fi
  done
  if [[ -f $tools/node_modules/azurite/dist/src/queue/main.js ]]; then well "Azurite $azurite_version"; else ill "Azurite is missing: ./nightwatch tools"; fi
  if has_sqlite; then well "SQLite library"; else ill "libsqlite3 is missing: apt-get install libsqlite3-0"; fi
  if mkdir -p "$home/state" 2>/dev/null && [[ -w $home/state ]]; then well "state folder .nightwatch/state"; else ill ".nightwatch/state cannot be written: check who owns it"; fi
  doctor_stores "$1"
  doctor_token
  doctor_settings
  doctor_processes
  return $sick
}

# The store doctor knows what the files mean: ./nightwatch doctor --repair mends them, after a copy, while nothing runs.
doctor_stores() {
  local line output code=0
  if ! compgen -G "$home/state/*.db" >/dev/null; then idle "no stores yet: ./nightwatch up makes them"; return; fi
  if [[ ! -x $store_doctor ]]; then idle "stores not examined: the program is not built yet (./nightwatch up)"; return; fi
  output=$("$store_doctor" "$1" "$home/state" 2>&1) || code=$?
  while IFS= read -r line; do
    say "$line"
    if [[ $line == FIX* ]]; then sick=1; fi
  done <<<"$output"
  if ((code > 2 || (code && !sick))); then ill "stores not examined: the store doctor ended with $code"; fi
}

doctor_token() {
  local name file
  for name in intake-token secrets-key audit-key; do
    file=$home/secrets/$name
    if [[ ! -e $file ]]; then
      idle "no ${name/-/ } yet: ./nightwatch up makes one"
    elif [[ $(stat -c %a "$file") == 600 ]]; then
      well "${name/-/ }"
    else
      ill "others can read the ${name/-/ }: chmod 600 $file"
    fi
  done
}

# What is insecure in the settings that up would start the app with, by the app's own rules.
doctor_settings() {
  local found
  if [[ ! -x $app_program ]]; then
    idle "settings not examined: the program is not built yet (./nightwatch up)"
  elif found=$(LocalRuntime__Url=$(url_of app) NIGHTWATCH_DEVELOPMENT=${NIGHTWATCH_DEVELOPMENT:-loopback} with_keys "$app_program" doctor 2>&1); then
    well "settings: none is insecure"
  else
    say "$found"
    sick=1
  fi
}

doctor_processes() {
  local name url
  for name in $(processes); do
    url=$(health_of "$name")
    if ! running "$name" >/dev/null; then
      if port_open "$(port_of "$name")"; then ill "port $(port_of "$name") ($name) is taken by another program: use $(flag_of "$name")"; else idle "$name does not run"; fi
    elif [[ $name == azurite ]] && port_open "$queue_port" || answers "$url"; then
      well "$name on 127.0.0.1:$(port_of "$name")"
    else
      ill "$name runs but does not answer at $url: ./nightwatch logs $name"
    fi
  done
  if [[ -n ${PROMETHEUS_URL:-} && $PROMETHEUS_URL == http://* ]]; then
    if answers "${PROMETHEUS_URL%/}/-/ready"; then well "PROMETHEUS_URL $PROMETHEUS_URL"; else ill "PROMETHEUS_URL $PROMETHEUS_URL does not answer /-/ready: check the address"; fi
  fi
}

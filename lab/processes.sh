# shellcheck shell=bash
# Processes of ./nightwatch: each carries NIGHTWATCH_UP in its environment, so that ours are told from others' even when a pid file is stale or lost.

say() { printf '%s\n' "$*"; }
fail() { printf 'nightwatch: %s\n' "$*" >&2; exit 1; }

# http METHOD URL [seconds]: prints status and body; needs no curl.
http() {
  local rest=${2#http://} seconds=${3:-5}
  local address=${rest%%/*} path=/
  [[ $rest == */* ]] && path=/${rest#*/}
  timeout "$seconds" bash -c '
    exec 3<>"/dev/tcp/${1%:*}/${1##*:}" || exit 7
    printf "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" "$2" "$3" "$1" >&3
    cat <&3' http "$address" "$1" "$path" 2>/dev/null
}

# answers URL [seconds]: whether it answers 200.
answers() { local reply; read -r reply < <(http GET "$1" "${2:-5}") && [[ $reply == *" 200 "* ]]; }

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

is_ours() { grep -qzxsF "NIGHTWATCH_UP=$home" "/proc/$1/environ"; }

# running NAME: prints its pid when it runs and is ours.
running() {
  local pid
  pid=$(cat "$home/run/$1.pid" 2>/dev/null) && [[ -n $pid ]] && is_ours "$pid" && say "$pid"
}

all_pids() { grep -lzxsF "NIGHTWATCH_UP=$home" /proc/[0-9]*/environ | cut -d/ -f3; }

# start NAME PORT FLAG COMMAND...: starts what does not run yet; its output goes to .nightwatch/logs/NAME.log.
start() {
  local name=$1 port=$2 flag=$3
  shift 3
  if running "$name" >/dev/null; then
    say "  $name already runs on port $port"
    return
  fi
  ! port_open "$port" || fail "port $port (for $name) is taken by another program; choose another with $flag"
  NIGHTWATCH_UP=$home setsid "$@" </dev/null >>"$home/logs/$name.log" 2>&1 &
  local pid=$!
  say "$pid" >"$home/run/$name.pid"
  # Until it has become the program, its environment is still this script's.
  while kill -0 "$pid" 2>/dev/null && ! is_ours "$pid"; do sleep 0.02; done
  say "  $name starts on 127.0.0.1:$port"
}

# alive NAME: whether the process that was started still exists. (While a wrapper becomes the program, its environment cannot be read for a moment.)
alive() { local pid; pid=$(cat "$home/run/$1.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null; }

# await NAME URL SECONDS: until it answers 200; shows the end of its log when it does not.
await() {
  local name=$1 url=$2 until=$((SECONDS + $3))
  until answers "$url"; do
    if ! alive "$name" || ((SECONDS >= until)); then
      tail -n 20 "$home/logs/$name.log" >&2
      fail "$name did not come up at $url (log: .nightwatch/logs/$name.log)"
    fi
    sleep 0.2
  done
}

# stop PID...: asks, waits ten seconds, then kills.
stop() {
  local pid until=$((SECONDS + 10))
  kill -TERM "$@" 2>/dev/null
  for pid in "$@"; do
    while is_ours "$pid" && ((SECONDS < until)); do sleep 0.1; done
    if is_ours "$pid"; then kill -KILL "$pid" 2>/dev/null; fi
  done
  return 0
}

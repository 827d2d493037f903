# shellcheck shell=bash
# The lab: the shop, Prometheus, Alertmanager and node exporter, all on loopback, in one block of ports.

services=(database payment orders frontend)
faults="latency errors leak dependency deployment"

lab_ports() { # the block starts at Prometheus' port; Alertmanager and node exporter keep their usual distance from it
  prometheus_port=$lab_port alertmanager_port=$((lab_port + 3)) node_port=$((lab_port + 10))
  frontend_port=$((lab_port + 11)) orders_port=$((lab_port + 12)) payment_port=$((lab_port + 13))
  database_port=$((lab_port + 14)) load_port=$((lab_port + 15)) logs_port=$((lab_port + 16))
}

url_of() { say "http://127.0.0.1:$(port_of "$1")"; }

is_service() { [[ " ${services[*]} " == *" $1 "* ]] || fail "there is no service $1; there are: ${services[*]}"; }

# start_shop ROLE [VERSION]
start_shop() {
  local role=$1 version=${2:-1.4.2} peers=()
  case $role in
    load) peers=(--frontend "$(url_of frontend)") ;;
    frontend) peers=(--orders "$(url_of orders)") ;;
    orders) peers=(--payment "$(url_of payment)" --database "$(url_of database)") ;;
    payment) peers=(--database "$(url_of database)") ;;
    logs) peers=(--folder "$home/logs") ;;
  esac
  start "$role" "$(port_of "$role")" --lab-port env DOTNET_GCConserveMemory=5 DOTNET_hostBuilder__reloadConfigOnChange=false \
    "$root/artifacts/Local/bin/Shop/release/Nightwatch.Shop" "$role" --port "$(port_of "$role")" --version "$version" --log "$home/logs/shop-$role.log" "${peers[@]}"
}

# render TEMPLATE: into .nightwatch/lab, with addresses in place.
render() {
  local name value script=()
  for name in prometheus alertmanager node frontend orders payment database load; do
    value=127.0.0.1:$(port_of "$name")
    script+=(-e "s|@${name^^}@|$value|g")
  done
  sed "${script[@]}" -e "s|@NIGHTWATCH@|127.0.0.1:$port|g" -e "s|@RULES@|$root/lab/prometheus|g" -e "s|@TOKEN@|$home/secrets/intake-token|g" \
    "$root/lab/prometheus/$1" >"$home/lab/$1"
}

lab_up() {
  local role
  mkdir -p "$home/lab"
  render prometheus.yml
  render alertmanager.yml
  for role in "${services[@]}" load logs; do
    start_shop "$role"
    await "$role" "$(url_of "$role")/healthz" 60
  done
  start node "$node_port" --lab-port "$tools/usr/bin/prometheus-node-exporter" --web.listen-address="127.0.0.1:$node_port"
  start alertmanager "$alertmanager_port" --lab-port "$tools/usr/bin/prometheus-alertmanager" --config.file="$home/lab/alertmanager.yml" \
    --storage.path="$home/lab/alertmanager" --web.listen-address="127.0.0.1:$alertmanager_port" --web.external-url="$(url_of alertmanager)" --cluster.listen-address=
  start prometheus "$prometheus_port" --lab-port "$tools/usr/bin/prometheus" --config.file="$home/lab/prometheus.yml" \
    --storage.tsdb.path="$home/lab/prometheus" --storage.tsdb.retention.time=2d --storage.tsdb.retention.size=1GB \
    --web.listen-address="127.0.0.1:$prometheus_port" --web.external-url="$(url_of prometheus)"
  await alertmanager "$(url_of alertmanager)/-/ready" 60
  await prometheus "$(url_of prometheus)/-/ready" 60
}

admin() { # admin SERVICE PATH
  local reply
  read -r reply < <(http POST "$(url_of "$1")/admin/$2" 30)
  [[ $reply == *" 200 "* ]] || fail "$1 does not answer; is the lab up? (./nightwatch status)"
}

release() { # release SERVICE VERSION: the old process ends, a new one of that version starts
  local pid
  pid=$(running "$1") && stop "$pid"
  start_shop "$1" "$2" >/dev/null
  await "$1" "$(url_of "$1")/healthz" 60
}

lab_break() {
  local fault=${1:-} service=${2:-}
  [[ -n $fault && " $faults " == *" $fault "* ]] || fail "break what? One of: $faults"
  if [[ -z $service ]]; then
    case $fault in latency | errors) service=payment ;; leak | deployment) service=orders ;; dependency) service=database ;; esac
  fi
  is_service "$service"
  [[ $fault != dependency || $service == database ]] || fail "the dependency that breaks is the database"
  running "$service" >/dev/null || fail "$service does not run; start the lab with ./nightwatch up"
  if [[ $fault == deployment ]]; then
    say 1.5.0 >"$home/run/$service.release"
    release "$service" 1.5.0
    say "$service now runs release 1.5.0, which has a bug. Undo with ./nightwatch mend"
  else
    admin "$service" "break/$fault"
    say "$service now suffers from: $fault. Undo with ./nightwatch mend"
  fi
}

lab_mend() {
  local service
  for service in "${services[@]}"; do
    if [[ -e $home/run/$service.release ]]; then
      say "$service goes back to release 1.4.2"
      release "$service" 1.4.2
      rm "$home/run/$service.release"
    elif running "$service" >/dev/null; then
      admin "$service" mend
    else
      fail "$service does not run; start the lab with ./nightwatch up"
    fi
  done
  say "the shop is mended; alerts resolve within a minute"
}
